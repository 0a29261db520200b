//! Small files in the state folder that say what runs: how a second command finds the first, and how
//! a new run finds what a crashed one left.

use std::path::PathBuf;

use anyhow::Result;

use crate::project;

/// Notes a value under a name.
pub fn write(name: &str, value: &str) -> Result<()> {
    std::fs::create_dir_all(project::state())?;
    std::fs::write(path(name), value)?;
    Ok(())
}

/// What was noted.
pub fn read(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path(name)).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Forgets it.
pub fn remove(name: &str) {
    let _ = std::fs::remove_file(path(name));
}

fn path(name: &str) -> PathBuf {
    project::state().join(format!("{name}.pid"))
}
