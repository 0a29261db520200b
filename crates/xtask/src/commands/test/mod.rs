//! `test`: every check and every test there is. Nothing stops it; at its end stands what failed, and a
//! count.

mod cargo;
mod report;
mod static_checks;
mod system;

use std::process::ExitCode;

use anyhow::Result;

use crate::cloud::{Cloud, Settings, free_port, stop_left_over};
use crate::{disk, exec, progress, project, tools};
use report::Report;
pub use system::Depth;

/// Names the log and the marker of the cloud that tests run against.
const CLOUD: &str = "test-cloud";

/// Runs everything, or the tests whose name contains the filter.
pub async fn run(filter: Option<&str>, depth: Depth) -> Result<ExitCode> {
    std::fs::create_dir_all(project::state())?;
    disk::room(disk::TEST)?;
    let mut report = Report::default();
    tokio::select! {
        answer = everything(&mut report, filter, depth) => answer?,
        signal = exec::stopped() => {
            signal?;
            crate::cloud::wait_for_end(CLOUD).await;
            anyhow::bail!("stopped");
        }
    }
    Ok(report.finish())
}

async fn everything(report: &mut Report, filter: Option<&str>, depth: Depth) -> Result<()> {
    tools::install().await?;
    if filter.is_none() {
        static_checks::run(report).await;
    }
    stop_left_over(CLOUD).await?;
    // Its own port and its own state: an `up` beside it does not notice.
    let settings = Settings {
        iam: true,
        account: system::random_account()?,
        provider: free_port()?,
        stripe: 0,
        ..Settings::new(CLOUD, free_port()?)
    };
    let cloud = progress::step("starting a cloud for the tests", Cloud::start(&settings)).await?;
    cargo::tests(report, &cloud.endpoint, filter).await?;
    if system::is_wanted(filter).await? {
        system::run(report, &cloud, &settings.account, filter, depth).await;
    }
    cloud.stop().await;
    Ok(())
}
