//! `logs`: the log lines of functions as they come.

use anyhow::Result;

use crate::aws::Aws;
use crate::cli::Stage;
use crate::follow::{self, Follower};
use crate::{exec, progress, project};

/// How far back it begins.
const BACK_MS: i64 = 10 * 60 * 1000;

/// Follows one function or all, beginning ten minutes ago, until Ctrl-C.
pub async fn run(function: Option<&str>, stage: Stage) -> Result<()> {
    let mut prefix = follow::prefix(stage.name());
    if let Some(name) = function {
        prefix.push_str(&project::function(name)?.name);
    }
    let aws = Aws::of_stage(stage.name()).await?;
    let pause = if stage == Stage::Local { follow::OFFLINE } else { follow::DEPLOYED };
    let since = jiff::Timestamp::now().as_millisecond() - BACK_MS;
    let mut follower = Follower::new(aws, prefix, since);
    // The first answer is asked for openly, so that a cloud that is not there is an error.
    follower.fresh().await?.iter().for_each(progress::line);
    tokio::select! {
        () = follower.run(pause) => Ok(()),
        signal = exec::stopped() => signal,
    }
}
