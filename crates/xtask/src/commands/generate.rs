//! `generate`: first the sources that follow from the files there are, then, by the `generator` crate
//! that is linked with all functions, the documents and stacks that follow from their descriptions.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::{self, Function};
use crate::{binaries, exec, progress};

const MARKER: &str = "Written by `cargo xtask generate`.";
const OPENING: &str = "# Contexts, written by `cargo xtask generate`";
const CLOSING: &str = "# End of contexts";

/// Writes everything, or with `check` fails when something is out of date.
pub async fn run(check: bool) -> Result<()> {
    sources(check)?;
    documents(check).await
}

/// The `lib.rs` and the binaries of each context, and the generator's list of contexts.
pub fn sources(check: bool) -> Result<()> {
    let mut files = Vec::new();
    for function in project::all_functions()?.values() {
        files.push((binary(function), binary_source(function)?));
    }
    for context in project::contexts()? {
        let (folder, functions) =
            (project::root().join("functions").join(&context), project::functions(&context)?);
        files.push((folder.join("src/lib.rs"), library_source(&context, &functions)?));
        let offline = format!("examples/{}.rs", binaries::all_of(&context));
        files.push((folder.join(offline), offline_source(&context, &functions)?));
    }
    files.extend(generator_sources()?);
    let stale = stale_binaries(&files)?;
    if check {
        return compare(&files, &stale);
    }
    for (path, content) in &files {
        if project::write_if_changed(path, content)? {
            progress::say(format!("wrote {}", relative(path)));
        }
    }
    for path in stale {
        std::fs::remove_file(&path)?;
        progress::say(format!("removed {}", relative(&path)));
    }
    Ok(())
}

/// The stacks, the front door's table, the documents and the sample events.
pub async fn documents(check: bool) -> Result<()> {
    if !project::root().join("crates/generator").is_dir() {
        progress::say("there is no crate `generator`: nothing is generated from descriptions");
        return Ok(());
    }
    let mut command = exec::cargo();
    command.args(["run", "--quiet", "--package", "generator", "--"]);
    if check {
        command.arg("--check");
    }
    exec::shown(&mut command).await
}

fn compare(files: &[(PathBuf, String)], stale: &[PathBuf]) -> Result<()> {
    let differs =
        |(path, content): &&(PathBuf, String)| std::fs::read_to_string(path).ok().as_ref() != Some(content);
    let mut wrong: Vec<_> = files.iter().filter(differs).map(|(path, _)| relative(path)).collect();
    wrong.extend(stale.iter().map(|path| relative(path)));
    if !wrong.is_empty() {
        bail!("out of date, run `cargo xtask generate`:\n{}", wrong.join("\n"));
    }
    Ok(())
}

fn relative(path: &Path) -> String {
    path.strip_prefix(project::root()).unwrap_or(path).display().to_string()
}

fn binary(function: &Function) -> PathBuf {
    project::root().join(format!("functions/{}/src/bin/{}.rs", function.context, function.name))
}

/// Binaries that we wrote for modules that are gone.
fn stale_binaries(files: &[(PathBuf, String)]) -> Result<Vec<PathBuf>> {
    let mut stale = Vec::new();
    for context in project::contexts()? {
        for path in project::files(&project::root().join(format!("functions/{context}/src/bin")))? {
            let ours = std::fs::read_to_string(&path).is_ok_and(|text| text.contains(MARKER));
            if ours && !files.iter().any(|(wanted, _)| *wanted == path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

fn binary_source(function: &Function) -> Result<String> {
    let Function { name, module, context, kind } = function;
    formatted(&format!(
        "//! {MARKER}\n\nfn main() -> platform::Exit {{ platform::run(\"{name}\", {context}_functions::{module}::{kind}()) }}\n"
    ))
}

/// All functions of a context, each by its name.
fn offline_source(context: &str, functions: &[Function]) -> Result<String> {
    let mut text = format!(
        "//! All functions of {context} in one binary, for the offline cloud: linking it takes seconds, linking each minutes.\n\
         //! {MARKER}\n\nfn main() -> platform::Exit {{ let name = std::env::args().nth(1).unwrap_or_default(); match name.as_str() {{"
    );
    for Function { name, module, kind, .. } in functions {
        write!(text, "\"{name}\" => platform::run(\"{name}\", {context}_functions::{module}::{kind}()),")?;
    }
    text.push_str("_ => platform::no_such_function(&name) } }\n");
    formatted(&text)
}

fn library_source(context: &str, functions: &[Function]) -> Result<String> {
    let mut text =
        format!("//! The functions of {context}, one module each. {MARKER}\n\npub use {context}::model;\n\n");
    for Function { module, .. } in functions {
        writeln!(text, "pub mod {module};")?;
    }
    text.push_str("\n/// What each function is, for the generator and the tests.\npub fn functions() -> Vec<platform::Described> { vec![");
    for Function { name, module, kind, .. } in functions {
        write!(text, "platform::describe(\"{name}\", &{module}::{kind}()),")?;
    }
    text.push_str("] }\n");
    formatted(&text)
}

fn generator_sources() -> Result<Vec<(PathBuf, String)>> {
    let folder = project::root().join("crates/generator");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let contexts = project::contexts()?;
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    Ok(vec![
        (folder.join("src/contexts.rs"), contexts_source(&contexts)?),
        (manifest, with_contexts(&text, &contexts)?),
    ])
}

fn contexts_source(contexts: &[String]) -> Result<String> {
    let mut text = format!(
        "//! All contexts with their functions. {MARKER}\n\nuse platform::Described;\nuse platform::model::Entity;\n\n\
         /// Each context's name and what its functions are.\npub fn all() -> Vec<(&'static str, Vec<Described>)> {{ vec!["
    );
    for context in contexts {
        write!(text, "(\"{context}\", {context}_functions::functions()),")?;
    }
    text.push_str("] }\n\n/// Each context's name and what it stores.\npub fn models() -> Vec<(&'static str, Vec<Entity>)> { vec![");
    for context in contexts {
        write!(text, "(\"{context}\", {context}_functions::model()),")?;
    }
    text.push_str("] }\n");
    formatted(&text)
}

/// The manifest with a dependency on the functions of each context between the two marks.
fn with_contexts(manifest: &str, contexts: &[String]) -> Result<String> {
    let (before, rest) = manifest
        .split_once(OPENING)
        .with_context(|| format!("crates/generator/Cargo.toml has no line `{OPENING}`"))?;
    let (_, after) = rest
        .split_once(CLOSING)
        .with_context(|| format!("crates/generator/Cargo.toml has no line `{CLOSING}`"))?;
    let lines: String = contexts
        .iter()
        .map(|context| format!("{context}-functions = {{ path = \"../../functions/{context}\" }}\n"))
        .collect();
    Ok(format!("{before}{OPENING}\n{lines}{CLOSING}{after}"))
}

/// As `cargo fmt` would leave it.
fn formatted(source: &str) -> Result<String> {
    use std::io::Write as _;
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .current_dir(project::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run rustfmt: `rustup component add rustfmt`")?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(source.as_bytes())?;
    }
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refused:\n{source}");
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(module: &str) -> Function {
        Function {
            name: module.replace('_', "-"),
            module: module.into(),
            context: "identity".into(),
            kind: "endpoint".into(),
        }
    }

    #[test]
    fn a_library_lists_its_modules_and_describes_them() {
        let source = library_source("identity", &[function("log_out"), function("register")]).unwrap();
        assert_eq!(
            source,
            r#"//! The functions of identity, one module each. Written by `cargo xtask generate`.

pub use identity::model;

pub mod log_out;
pub mod register;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("log-out", &log_out::endpoint()),
        platform::describe("register", &register::endpoint()),
    ]
}
"#
        );
    }

    #[test]
    fn the_offline_binary_runs_a_function_by_its_name() {
        let source = offline_source("identity", &[function("log_out")]).unwrap();
        assert!(
            source.contains(
                r#""log-out" => platform::run("log-out", identity_functions::log_out::endpoint()),"#
            ),
            "{source}"
        );
    }

    #[test]
    fn a_binary_is_one_call() {
        let source = binary_source(&function("log_out")).unwrap();
        assert_eq!(
            source,
            r#"//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("log-out", identity_functions::log_out::endpoint())
}
"#
        );
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let manifest = format!("[a]\n{OPENING}\nold = 1\n{CLOSING}\n[b]\n");
        let fresh = with_contexts(&manifest, &["tours".into()]).unwrap();
        assert_eq!(
            fresh,
            format!(
                "[a]\n{OPENING}\ntours-functions = {{ path = \"../../functions/tours\" }}\n{CLOSING}\n[b]\n"
            )
        );
    }
}
