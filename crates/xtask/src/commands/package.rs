//! `package`: the zips, as a workflow or a `sam deploy` by hand needs them.

use anyhow::Result;

use crate::binaries::{self, Build};
use crate::{progress, project, tools, zips};

/// Builds and zips the functions of some contexts or all.
pub async fn run(contexts: &[String], release: bool) -> Result<()> {
    let contexts = project::chosen_contexts(contexts)?;
    let build = if release { Build::Release } else { Build::Local };
    if release {
        tools::install_release().await?;
    }
    progress::step("building the functions", binaries::build(build, &contexts)).await?;
    pack(build, &contexts).await?;
    Ok(())
}

/// Zips what is built; answers the functions whose zip changed.
pub async fn pack(build: Build, contexts: &[String]) -> Result<Vec<String>> {
    let mut functions = Vec::new();
    for context in contexts {
        functions.extend(project::functions(context)?);
    }
    let what = format!("packing {} functions", functions.len());
    progress::step(&what, async { tokio::task::spawn_blocking(move || zips::pack(build, &functions)).await? })
        .await
}
