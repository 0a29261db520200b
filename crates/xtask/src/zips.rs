//! Reproducible zips: the same binary gives the same bytes, so a deploy can skip what did not change.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::binaries::Build;
use crate::project::Function;
use crate::{project, tools};

/// Deflating is all arithmetic, and the emulator needs a core meanwhile.
const THREADS: usize = 2;

/// The zip of a function, where its stack's `CodeUri` expects it.
pub fn path(function: &str) -> PathBuf {
    project::root().join("target/functions").join(format!("{function}.zip"))
}

/// Zips the binaries that changed since their zip was made; answers the functions whose zip has other
/// content now.
pub fn pack(build: Build, functions: &[Function]) -> Result<Vec<String>> {
    std::fs::create_dir_all(project::root().join("target/functions"))?;
    let waiting = Mutex::new(functions.iter().collect::<VecDeque<_>>());
    let worker = || {
        let mut changed = Vec::new();
        while let Some(function) = next(&waiting) {
            if pack_one(build, function)? {
                changed.push(function.name.clone());
            }
        }
        Ok(changed)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        let mut changed = Vec::new();
        for thread in threads {
            let part: Result<Vec<String>> =
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            changed.extend(part?);
        }
        changed.sort();
        Ok(changed)
    })
}

fn next<'a>(waiting: &Mutex<VecDeque<&'a Function>>) -> Option<&'a Function> {
    waiting.lock().ok()?.pop_front()
}

fn pack_one(build: Build, function: &Function) -> Result<bool> {
    let binary = build.binary(function);
    let zip = path(&function.name);
    let stamp = Stamp::of(&binary).with_context(|| {
        format!(
            "{} is not built: is {} in functions/{}/src? (`cargo xtask generate`)",
            binary.display(),
            function.name,
            function.context
        )
    })?;
    let stamp = Stamp { file: format!("{build:?} {}", stamp.file), ..stamp };
    let old = Stamp::read(&zip);
    if zip.is_file() && old.as_ref().is_some_and(|old| old.same_file(&stamp)) {
        return Ok(false);
    }
    if build == Build::Here {
        std::fs::write(&zip, deflate(starter(&binary, &function.name).as_bytes())?)?;
        // Reading all binaries to know which are new would take longer than starting them anew.
        let built = stamp.file.clone().into_bytes();
        stamp.with_hash(&built).write(&zip)?;
        return Ok(true);
    }
    let content = std::fs::read(&binary)?;
    let stamp = stamp.with_hash(&content);
    let changed = !zip.is_file() || old.is_none_or(|old| old.hash != stamp.hash);
    if changed {
        std::fs::write(&zip, deflate(&stripped(&binary).unwrap_or(content))?)?;
    }
    stamp.write(&zip)?;
    Ok(changed)
}

/// Starts a function of the binary where that lies.
fn starter(binary: &Path, function: &str) -> String {
    format!("#!/bin/sh\nexec '{}' {function}\n", binary.display().to_string().replace('\'', r"'\''"))
}

/// The binary without its symbols, where the machine has the linker's `strip`: a third of the size to pack,
/// to upload and to unpack.
fn stripped(binary: &Path) -> Option<Vec<u8>> {
    let copy = binary.with_extension("stripped");
    let done = Command::new("strip").arg("-o").arg(&copy).arg(binary).stderr(Stdio::null()).status();
    let content = done.ok().filter(|status| status.success()).and_then(|_| std::fs::read(&copy).ok());
    let _ = std::fs::remove_file(copy);
    content
}

/// One entry `bootstrap`, executable, with a fixed time. Level 1: three times as fast and 8 % bigger.
fn deflate(binary: &[u8]) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::with_capacity(binary.len() / 2)));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    zip.start_file("bootstrap", options)?;
    zip.write_all(binary)?;
    Ok(zip.finish()?.into_inner())
}

/// Which binary a zip was made of. Lies beside the zip.
struct Stamp {
    file: String,
    hash: String,
}

impl Stamp {
    fn of(binary: &Path) -> Result<Self> {
        let meta = std::fs::metadata(binary)?;
        let modified = meta.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
        let file = format!("{} {} {modified}", binary.display(), meta.len());
        Ok(Self { file, hash: String::new() })
    }

    fn with_hash(self, content: &[u8]) -> Self {
        Self { hash: tools::hex(&Sha256::digest(content)), ..self }
    }

    fn same_file(&self, other: &Self) -> bool {
        self.file == other.file
    }

    fn read(zip: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(zip.with_extension("stamp")).ok()?;
        let (hash, file) = text.split_once(' ')?;
        Some(Self { file: file.to_owned(), hash: hash.to_owned() })
    }

    fn write(&self, zip: &Path) -> Result<()> {
        std::fs::write(zip.with_extension("stamp"), format!("{} {}", self.hash, self.file))?;
        Ok(())
    }
}

/// The hash of what a function's zip holds.
pub fn hash(function: &str) -> Result<String> {
    let stamp = Stamp::read(&path(function));
    Ok(stamp.with_context(|| format!("{function} is not packed yet"))?.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_zip() {
        let binary = vec![7_u8; 100_000];
        let zip = deflate(&binary).unwrap();
        assert_eq!(zip, deflate(&binary).unwrap());
        assert!(zip.len() < 10_000);
    }

    #[test]
    fn a_starter_finds_a_binary_wherever_it_lies() {
        let script = starter(Path::new("/it's here/identity-offline"), "log-in");
        assert_eq!(script, "#!/bin/sh\nexec '/it'\\''s here/identity-offline' log-in\n");
    }

    #[test]
    fn the_entry_is_an_executable_bootstrap() {
        let zip = deflate(b"program").unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
    }
}
