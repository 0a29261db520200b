//! The tests of the crates.

use std::collections::BTreeSet;
use std::process::Stdio;

use anyhow::{Result, bail};
use tokio::process::Command;

use super::report::{Counts, Report};
use crate::{exec, progress, project};

/// All that is tested but xtask. Named whole in each command: of a part, dependencies would have other features, and be
/// compiled again.
pub const WORKSPACE: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// The test binaries of all crates but those that need the deployed system.
fn targets() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(project::root().join("crates"))? {
        let folder = folder?.path();
        let tests = folder.join("tests");
        if folder.ends_with("acceptance") || !tests.is_dir() {
            continue;
        }
        for test in std::fs::read_dir(tests)? {
            let test = test?.path();
            if test.extension().is_some_and(|it| it == "rs") || test.join("main.rs").is_file() {
                names.extend(test.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    Ok(names)
}

/// Tests of everything but the deployed system, against a running cloud.
pub async fn tests(report: &mut Report, cloud: &str, filter: Option<&str>) -> Result<()> {
    // Apart from the rest: together, cargo would unite the features of their dependencies and build
    // the AWS clients a second time.
    let own = ["--package", "xtask"];
    // Not the functions' binaries, which hold nothing to test: linking each once more takes minutes.
    let mut rest_of_them = [&WORKSPACE[..], &["--lib", "--bin", "generator"]].concat();
    let targets = targets()?;
    rest_of_them.extend(targets.iter().flat_map(|name| ["--test", name]));
    let examples = [&WORKSPACE[..], &["--doc"]].concat();
    for (name, packages) in [
        ("tests of the tools", own.as_slice()),
        ("tests of the crates", rest_of_them.as_slice()),
        ("examples in the documentation", examples.as_slice()),
    ] {
        let mut command = test(packages);
        command.env("CARAVAN_CLOUD", cloud).args(filter);
        run(report, name, &mut command).await;
    }
    Ok(())
}

/// A `cargo test` of some packages that does not stop at a failure.
pub fn test(packages: &[&str]) -> Command {
    let mut command = exec::cargo();
    command.args(["test", "--quiet", "--no-fail-fast"]).args(packages);
    command
}

/// Runs a `cargo test` and counts its tests; a failure that is not one of a test (it does not compile)
/// counts as one.
pub async fn run(report: &mut Report, name: &str, command: &mut Command) {
    let mut output = String::new();
    let ran = progress::step(name, capture(command, &mut output)).await;
    let mut counts = Counts::read(&output);
    if let Err(error) = ran
        && counts.failed == 0
    {
        counts.failed = 1;
        output.push_str(&format!("{error:#}"));
    }
    report.tests(name, &counts, &exec::tail(&failures_only(&output)));
}

/// Compiler messages go to the terminal, what tests print is kept.
async fn capture(command: &mut Command, output: &mut String) -> Result<()> {
    let child = command.env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
    let ended = child.wait_with_output().await?;
    output.push_str(&String::from_utf8_lossy(&ended.stdout));
    if !ended.status.success() {
        bail!("`{}` failed ({})", exec::line(command), ended.status);
    }
    Ok(())
}

/// From the first `failures:` of each binary on; the rest are dots.
fn failures_only(output: &str) -> String {
    let mut kept = Vec::new();
    let mut inside = false;
    for line in output.lines() {
        inside = (inside || line == "failures:") && !line.starts_with("running ");
        if inside || line.starts_with("`cargo") {
            kept.push(line);
        }
    }
    kept.join("\n")
}
