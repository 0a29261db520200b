//! `invoke`: one call of one function, with its answer on the terminal.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::aws::Aws;
use crate::cli::Stage;
use crate::{progress, project};

/// Invokes it with the given event, or with its sample. The exit code says whether it failed.
pub async fn run(function: &str, event: Option<&Path>, stage: Stage) -> Result<ExitCode> {
    let known = project::function(function)?;
    let sample = project::root().join(format!("functions/{}/events/{function}.json", known.context));
    let path = event.unwrap_or(&sample);
    let event = std::fs::read(path).with_context(|| format!("cannot read the event {}", path.display()))?;
    let aws = Aws::of_stage(stage.name()).await?;
    let (failed, answer) = aws.invoke(&format!("caravan-{}-{function}", stage.name()), &event).await?;
    match serde_json::from_slice::<serde_json::Value>(&answer) {
        Ok(answer) => progress::line(format_args!("{answer:#}")),
        Err(_) => progress::line(format_args!("{}", String::from_utf8_lossy(&answer))),
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
