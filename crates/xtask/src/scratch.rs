//! The promise that adding an endpoint touches one source file, kept in a scratch copy of the project.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{exec, project};

const CONTEXT: &str = "identity";
const ENDPOINT: &str = "get-password-policy";
const SOURCE: &str = "functions/identity/src/get_password_policy.rs";

/// What `generate` writes; everything else is written by people.
const GENERATED: [&str; 7] =
    ["/lib.rs", "/src/bin/", "/examples/", "/events/", "/functions.yaml", "docs/", "infra/"];

/// Adds an endpoint to a copy, then looks at what is new there, and builds it.
pub async fn an_endpoint_is_one_file() -> Result<()> {
    let scratch = project::state().join("scratch");
    let files = copy(&scratch).await?;
    chore(&scratch, &["new", "endpoint", CONTEXT, ENDPOINT]).await?;
    chore(&scratch, &["generate", "--check"]).await?;
    let mut build = exec::cargo();
    // The generator is named for its dependencies' features, which it has in common with this: they are built already.
    build.args(["build", "--quiet", "-p", "generator", "-p", "identity-functions", "--bin", ENDPOINT]);
    exec::quiet(build.current_dir(&scratch).env("CARGO_TARGET_DIR", project::target())).await?;

    let mut touched = Vec::new();
    for file in list(&scratch)? {
        let same = std::fs::read(scratch.join(&file))?
            == std::fs::read(project::root().join(&file)).unwrap_or_default();
        if !same && !GENERATED.iter().any(|part| file.contains(part)) {
            touched.push(file);
        }
    }
    if touched != [SOURCE] {
        bail!("adding {ENDPOINT} should touch {SOURCE} only, but it touched {touched:?}");
    }
    if list(&scratch)?.len() <= files + 1 {
        bail!("nothing was generated for {ENDPOINT}");
    }
    Ok(())
}

/// Copies what git knows or would add; answers how many files.
async fn copy(scratch: &Path) -> Result<usize> {
    if scratch.exists() {
        std::fs::remove_dir_all(scratch)?;
    }
    let mut git = exec::command("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let mut copied = 0;
    for file in exec::quiet(&mut git).await?.lines() {
        let (from, to) = (project::root().join(file), scratch.join(file));
        // A deleted file is still known until the deletion is committed.
        if from.is_file() {
            std::fs::create_dir_all(to.parent().context("a file without a folder")?)?;
            std::fs::copy(&from, &to).with_context(|| file.to_owned())?;
            // Or cargo takes all of it for changed, and compiles everything anew.
            File::options().write(true).open(&to)?.set_modified(from.metadata()?.modified()?)?;
            copied += 1;
        }
    }
    Ok(copied)
}

/// Runs ourselves on the copy. What is compiled for it lies beside the rest, so dependencies are not compiled again.
async fn chore(scratch: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = exec::command(std::env::current_exe()?);
    command.args(arguments).current_dir(scratch);
    command.env("CARGO_MANIFEST_DIR", scratch.join("crates/xtask"));
    command.env("CARGO_TARGET_DIR", project::target());
    exec::quiet(&mut command).await?;
    Ok(())
}

/// All files below a folder, by their relative paths, sorted.
fn list(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder)?.to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}
