//! The project on disk: its root, its contexts and functions, found by looking at the folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What a module of `functions/<context>/src` exports: exactly one of these, without parameters.
pub const KINDS: [&str; 8] =
    ["endpoint", "consumer", "relay", "schedule", "authorizer", "socket", "replay", "task"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Run through cargo, the manifest's place is known now; a copied binary keeps the one it was built in.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or(here.to_owned(), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}

/// Where `up`, `test` and the tools keep what they may lose: logs, pids, the Python tools.
pub fn state() -> PathBuf {
    root().join(".caravan")
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// One deployed function, found as a module file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `register`, `log-out`: the name of its binary, its zip and, with a prefix, on AWS.
    pub name: String,
    /// The file's stem.
    pub module: String,
    pub context: String,
    /// One of [`KINDS`]; empty when the file does not say.
    pub kind: String,
}

/// All contexts that have functions, sorted.
pub fn contexts() -> Result<Vec<String>> {
    folders(&root().join("functions"), "Cargo.toml")
}

/// All contexts that have a data stack, sorted.
pub fn data_contexts() -> Result<Vec<String>> {
    folders(&root().join("infra"), "data.yaml")
}

/// The contexts a command was given, or all; an unknown name is an error that lists the known ones.
pub fn chosen_contexts(names: &[String]) -> Result<Vec<String>> {
    let all = contexts()?;
    if let Some(unknown) = names.iter().find(|name| !all.contains(name)) {
        bail!("there is no context `{unknown}`; there are: {}", all.join(", "));
    }
    Ok(if names.is_empty() { all } else { names.to_vec() })
}

/// The functions of a context, sorted by module name.
pub fn functions(context: &str) -> Result<Vec<Function>> {
    let folder = root().join("functions").join(context).join("src");
    let mut found = Vec::new();
    for path in files(&folder)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "rs") || stem == "lib" {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        found.push(Function {
            name: stem.replace('_', "-"),
            kind: kind_of(&text).with_context(|| path.display().to_string())?,
            module: stem,
            context: context.to_owned(),
        });
    }
    Ok(found)
}

/// All functions of the workspace by name; a name that exists twice is an error.
pub fn all_functions() -> Result<BTreeMap<String, Function>> {
    let mut all = BTreeMap::new();
    for context in contexts()? {
        for function in functions(&context)? {
            let name = function.name.clone();
            if let Some(other) = all.insert(name.clone(), function) {
                bail!(
                    "`{name}` exists in {} and in {context}: rename one, a function's name is unique",
                    other.context
                );
            }
        }
    }
    Ok(all)
}

/// One function by name; the error suggests close ones.
pub fn function(name: &str) -> Result<Function> {
    let mut all = all_functions()?;
    if let Some(function) = all.remove(name) {
        return Ok(function);
    }
    let known: Vec<_> = all.into_keys().collect();
    bail!("there is no function `{name}`; there are: {}", known.join(", "))
}

fn kind_of(text: &str) -> Result<String> {
    let found: Vec<_> = KINDS.iter().filter(|kind| text.contains(&format!("pub fn {kind}()"))).collect();
    match found.as_slice() {
        [kind] => Ok((**kind).to_owned()),
        [] => bail!("exports none of {}", KINDS.map(|kind| format!("`pub fn {kind}()`")).join(", ")),
        several => bail!("exports {several:?}: one file is one function"),
    }
}

fn folders(parent: &Path, marker: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = files(parent)?
        .into_iter()
        .filter(|path| path.join(marker).is_file())
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// The entries of a folder, sorted; a folder that is not there has none.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

/// Writes a file only when its content changes, so that nothing rebuilds for nothing. Says whether it did.
pub fn write_if_changed(path: &Path, content: &str) -> Result<bool> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content).with_context(|| path.display().to_string())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_folder_of_the_workspace() {
        assert!(root().join("crates/xtask/Cargo.toml").is_file());
    }

    #[test]
    fn a_module_is_of_the_one_kind_it_exports() {
        assert_eq!(kind_of("pub fn consumer() -> impl Function {").unwrap(), "consumer");
        assert!(kind_of("fn helper() {}").is_err());
        assert!(kind_of("pub fn endpoint() {}\npub fn relay() {}").is_err());
    }
}
