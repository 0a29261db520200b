//! `deploy`: the same steps as `up`, against an AWS account.

use anyhow::{Result, bail};

use super::package;
use crate::aws::Aws;
use crate::binaries::Build;
use crate::cli::Stage;
use crate::deploy::{self, Stack, Target};
use crate::{exec, progress, project, tools};

/// Builds for arm64 and deploys the platform, all data stacks, the function stacks of some contexts or
/// all, and the edge when everything is deployed.
pub async fn run(stage: Stage, contexts: &[String], dry_run: bool) -> Result<()> {
    if stage == Stage::Local {
        bail!("the local stage is deployed by `cargo xtask up`");
    }
    let everything = contexts.is_empty();
    let contexts = project::chosen_contexts(contexts)?;
    tools::install().await?;
    let aws = Aws::of_stage(stage.name()).await;
    if dry_run {
        return print(stage, aws.ok(), &contexts, everything).await;
    }
    let target = target(stage, aws?).await?;
    package::run(&contexts, true).await?;
    let deployed = deploy::deploy(target, &contexts, everything).await?;
    progress::say(format!("deployed {}", deployed.join(", ")));
    Ok(())
}

async fn target(stage: Stage, aws: Aws) -> Result<Target> {
    Ok(Target {
        stage: stage.name().to_owned(),
        aws,
        build: Build::Release,
        version: commit().await?,
        overrides: Default::default(),
        secrets: Default::default(),
    })
}

/// What runs is named by its commit, if there is one.
async fn commit() -> Result<String> {
    let Ok(commit) = exec::quiet(exec::command("git").args(["rev-parse", "--short=12", "HEAD"])).await else {
        return Ok("uncommitted".to_owned());
    };
    let changed =
        exec::quiet(exec::command("git").args(["status", "--porcelain", "--untracked-files=no"])).await?;
    let suffix = if changed.trim().is_empty() { "" } else { "-changed" };
    Ok(format!("{}{suffix}", commit.trim()))
}

/// Prints the commands. With credentials (and zips) CloudFormation makes the change sets, and nothing
/// carries them out.
async fn print(stage: Stage, aws: Option<Aws>, contexts: &[String], everything: bool) -> Result<()> {
    let signed_in = aws.is_some();
    // Without an account the commands are the same; only nothing could run them.
    let target = target(stage, aws.unwrap_or_else(Aws::nobody)).await?;
    progress::line(format_args!("cargo xtask package --release {}", contexts.join(" ")));
    for stack in deploy::waves(contexts, everything)?.concat() {
        let mut command = deploy::command(&target, &stack).await?;
        progress::line(format_args!("{}", shown(&command)));
        if signed_in {
            change_set(&mut command, &stack, stage).await;
        }
    }
    if !signed_in {
        progress::line(
            "\nNo AWS credentials here: the commands were printed, nothing was asked of an account.",
        );
    }
    Ok(())
}

/// A stack that reads parameters of one that is not there yet cannot be planned: that is said, and the
/// next one follows.
async fn change_set(command: &mut tokio::process::Command, stack: &Stack, stage: Stage) {
    let planned = exec::quiet(command.arg("--no-execute-changeset")).await;
    match planned {
        Ok(text) => progress::line(text),
        Err(error) => progress::line(format_args!("{}: not planned: {error:#}", stack.name(stage.name()))),
    }
}

/// With paths as seen from the root.
fn shown(command: &tokio::process::Command) -> String {
    let line = exec::line(command);
    let root = format!("{}/", project::root().display());
    line.replacen(&tools::path("sam").display().to_string(), "sam", 1).replace(&root, "")
}
