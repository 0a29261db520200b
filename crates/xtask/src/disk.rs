//! Room on the disk: without it a run ends in its middle, with an error that names something else.

use std::path::Path;

use anyhow::{Result, bail};

use crate::project;

const GB: u64 = 1_000_000_000;

/// What the functions, the tools and a running cloud write (docs/testing.md says how it was measured).
pub const UP: u64 = 4 * GB;
/// What all checks and tests write, the functions among it.
pub const TEST: u64 = 7 * GB;

/// How much room there is; an error when it is less than what is still to be written.
pub fn room(needed: u64) -> Result<String> {
    let target = project::target();
    // Before the first build there is no such folder.
    let there = target.ancestors().find(|folder| folder.exists()).unwrap_or(&target);
    let free = fs4::available_space(there)?;
    // What lies there already is added up only where it matters: it can be hundreds of thousands of files.
    let left = if free < needed { needed.saturating_sub(size(&target) + size(&project::state())) } else { 0 };
    let gb = |bytes: u64| bytes as f64 / GB as f64;
    if free < left {
        bail!(
            "{:.1} GB are free, and {:.1} GB are still to be written to {}: make room, or set CARGO_TARGET_DIR to a larger disk",
            gb(free),
            gb(left),
            target.display(),
        );
    }
    Ok(format!("{:.1} GB are free", gb(free)))
}

/// Of all files below a folder; one that goes away meanwhile counts nothing.
fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(known) if known.is_dir() => size(&entry.path()),
        Ok(known) => known.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_little_and_not_for_everything() {
        assert!(room(0).unwrap().ends_with("GB are free"));
        assert!(room(u64::MAX).unwrap_err().to_string().contains("CARGO_TARGET_DIR"));
    }
}
