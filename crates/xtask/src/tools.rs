//! The Python tools (emulator, SAM command line, linters) in a folder of their own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{exec, progress, project};

/// The oldest Python that all pinned tools run on.
const PYTHON: (u32, u32) = (3, 11);

/// The folder of the tools. `CARAVAN_TOOLS` names one that is already installed (a cache of CI).
pub fn folder() -> PathBuf {
    std::env::var_os("CARAVAN_TOOLS").map_or_else(|| project::state().join("tools"), PathBuf::from)
}

/// The path of one tool.
pub fn path(tool: &str) -> PathBuf {
    folder().join("bin").join(tool)
}

/// The tools of the offline cloud and of the tests.
const TOOLS: &str = "requirements.txt";
/// What only a release build needs.
const RELEASE: &str = "requirements-release.txt";

/// The PATH with the tools first.
pub fn search_path() -> OsString {
    let mut path = folder().join("bin").into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}

/// Installs the tools when the list of pins changed since the last time.
pub async fn install() -> Result<()> {
    if std::env::var_os("CARAVAN_TOOLS").is_some() || up_to_date()? {
        return Ok(());
    }
    progress::step("installing the Python tools (once)", create()).await
}

/// Installs what a release build needs on top.
pub async fn install_release() -> Result<()> {
    install().await?;
    if std::env::var_os("CARAVAN_TOOLS").is_some() || is_stamped(RELEASE)? {
        return Ok(());
    }
    progress::step("installing cargo-lambda and Zig (once)", add(RELEASE)).await
}

/// Whether the installed tools are the pinned ones.
pub fn up_to_date() -> Result<bool> {
    is_stamped(TOOLS)
}

async fn create() -> Result<()> {
    let python = python().await?;
    let folder = folder();
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    exec::quiet(exec::command(&python).args(["-m", "venv"]).arg(&folder))
        .await
        .context("cannot create a virtual environment; on Debian and Ubuntu: apt install python3-venv")?;
    add(TOOLS).await
}

async fn add(list: &str) -> Result<()> {
    exec::quiet(
        exec::command(path("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(pins(list)),
    )
    .await
    .context("cannot install the pinned tools")?;
    std::fs::write(stamp(list), hash(list)?)?;
    Ok(())
}

/// A Python that is new enough.
pub async fn python() -> Result<PathBuf> {
    for name in ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"] {
        if version(Path::new(name)).await.is_some_and(|version| version >= PYTHON) {
            return Ok(name.into());
        }
    }
    bail!(
        "Python {}.{} or newer is needed (python3 on the PATH): https://www.python.org/downloads/ or your package manager",
        PYTHON.0,
        PYTHON.1
    )
}

async fn version(python: &Path) -> Option<(u32, u32)> {
    let script = "import sys; print(sys.version_info[0], sys.version_info[1])";
    let answer = exec::quiet(exec::command(python).args(["-c", script])).await.ok()?;
    let (major, minor) = answer.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn pins(list: &str) -> PathBuf {
    project::root().join("localstack").join(list)
}

/// Lies in the folder, so it goes with it.
fn stamp(list: &str) -> PathBuf {
    folder().join(format!("{list}.installed"))
}

fn is_stamped(list: &str) -> Result<bool> {
    let wanted = hash(list)?;
    Ok(std::fs::read_to_string(stamp(list)).is_ok_and(|installed| installed == wanted))
}

fn hash(list: &str) -> Result<String> {
    let pins = std::fs::read(pins(list)).with_context(|| format!("localstack/{list}"))?;
    Ok(hex(&Sha256::digest(&pins)))
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
