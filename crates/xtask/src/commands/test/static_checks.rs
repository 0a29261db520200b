//! What needs no running cloud: format, lints, directions, generated files, templates, workflows.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::report::Report;
use crate::commands::generate;
use crate::{checks, deploy, exec, project, scratch, tools};

/// Runs all of them, cheapest first.
pub async fn run(report: &mut Report) {
    report.check("format", quiet(exec::cargo().args(["fmt", "--all", "--check"]))).await;
    report
        .check(
            "clippy",
            exec::shown(exec::cargo().args([
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])),
        )
        .await;
    report.check("dependencies point one way", checks::dependencies_point_one_way()).await;
    report.check("generated files are up to date", generate::run(true)).await;
    report.check("adding an endpoint touches one source file", scratch::an_endpoint_is_one_file()).await;
    // Templates and rules are named in .cfnlintrc.
    report
        .check(
            "templates pass cfn-lint and our own rules",
            quiet(&mut exec::command(tools::path("cfn-lint"))),
        )
        .await;
    let mut rules = exec::command(tools::path("python"));
    rules.args(["-m", "unittest", "discover", "infra/rules"]);
    report.check("our own template rules catch what they are for", quiet(&mut rules)).await;
    for stack in deploy::all_stacks().unwrap_or_default() {
        let template = stack.relative();
        let name = format!("{} passes `sam validate --lint`", template.display());
        report.check(&name, sam_validate(&template)).await;
    }
    workflows(report).await;
}

async fn quiet(command: &mut tokio::process::Command) -> Result<()> {
    exec::quiet(command).await?;
    Ok(())
}

async fn sam_validate(template: &Path) -> Result<()> {
    let mut command = exec::command(tools::path("sam"));
    command
        .args(["validate", "--lint", "--region", crate::aws::OFFLINE_REGION, "--template-file"])
        .arg(template)
        .env("SAM_CLI_TELEMETRY", "0");
    quiet(&mut command).await
}

async fn workflows(report: &mut Report) {
    let folder = project::root().join(".github/workflows");
    let files: Vec<PathBuf> = project::files(&folder).unwrap_or_default();
    if files.is_empty() {
        return;
    }
    let mut schema = exec::command(tools::path("check-jsonschema"));
    schema.args(["--builtin-schema", "vendor.github-workflows"]).args(&files);
    report.check("workflows match their schema", quiet(&mut schema)).await;
    let mut zizmor = exec::command(tools::path("zizmor"));
    zizmor.args(["--offline", "--quiet"]).arg(&folder);
    report.check("workflows pass zizmor", quiet(&mut zizmor)).await;
}
