//! `down`: nothing of ours runs any more, and nothing of it is left.

use std::time::Duration;

use anyhow::Result;

use super::up;
use crate::{cloud, exec, markers, progress, project};

/// Stops what runs and removes its state; the Python tools only with `all`.
pub async fn run(all: bool) -> Result<()> {
    stop_running().await?;
    for name in ["cloud", "test-cloud"] {
        cloud::stop_left_over(name).await?;
    }
    for entry in project::files(&project::state())? {
        if entry.ends_with("tools") && !all {
            continue;
        }
        if entry.is_dir() {
            std::fs::remove_dir_all(&entry)?;
        } else {
            std::fs::remove_file(&entry)?;
        }
    }
    progress::say("everything is down");
    Ok(())
}

/// Asks an `up` in another terminal to stop, and waits for it.
pub async fn stop_running() -> Result<()> {
    let Some(pid) = markers::read(up::MARKER) else {
        return Ok(());
    };
    if is_ours(&pid).await {
        progress::step("stopping the `up` that runs", async {
            exec::quiet(exec::command("kill").arg(&pid)).await?;
            for _ in 0..100 {
                if !is_ours(&pid).await {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(())
        })
        .await?;
    }
    markers::remove(up::MARKER);
    Ok(())
}

/// A pid may belong to somebody else by now.
async fn is_ours(pid: &str) -> bool {
    exec::quiet(exec::command("ps").args(["-o", "args=", "-p", pid]))
        .await
        .is_ok_and(|line| line.contains("xtask"))
}
