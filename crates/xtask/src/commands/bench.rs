//! `bench`: how the functions that a release deploys start on this machine, as ratios.

use anyhow::Result;

use crate::{exec, project};

/// One of each kind: signed in, issuing tokens, hashing passwords, asynchronous.
const FUNCTIONS: [&str; 4] = ["get-me", "log-in", "register", "relay-identity"];

/// Builds for release and measures.
pub async fn run() -> Result<()> {
    let mut build = exec::cargo();
    build.args(["build", "--release", "-p", "bench", "-p", "identity-functions", "--bin", "bench"]);
    build.args(["--bin", "empty-function"]).args(FUNCTIONS.iter().flat_map(|function| ["--bin", function]));
    exec::shown(&mut build).await?;
    let folder = project::root().join("target/release");
    exec::shown(exec::command(folder.join("bench")).arg(&folder).args(FUNCTIONS)).await
}
