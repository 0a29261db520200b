//! The SAM command line of a stack.

use std::collections::BTreeMap;

use anyhow::Result;
use tokio::process::Command;

use super::template::Template;
use super::{Stack, Target, samconfig};
use crate::{exec, project, tools};

/// Seconds between two looks at a stack's events. Offline they cost nothing.
const OFFLINE_POLL: &str = "0.3";

/// Where CloudFront takes certificates and firewalls from.
const EDGE_REGION: &str = "us-east-1";

/// The command of a stack; `more` are parameters of this stack alone.
pub fn command(target: &Target, stack: &Stack, more: &BTreeMap<String, String>) -> Result<Command> {
    let template = Template::read(&stack.template())?;
    let config = samconfig::read(&target.stage)?;
    let mut command = exec::command(tools::path("sam"));
    command
        .arg("deploy")
        // SAM would look for it beside the template.
        .arg("--config-file")
        .arg(project::root().join("samconfig.toml"))
        .args(["--config-env", &target.stage])
        .arg("--template-file")
        .arg(stack.relative())
        .args(["--stack-name", &stack.name(&target.stage)]);
    if *stack == Stack::Edge {
        command.args(["--region", EDGE_REGION]);
    }
    command.arg("--parameter-overrides");
    let mut chosen = parameters(target, &template, &config.parameters);
    chosen.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
    for (name, value) in chosen {
        command.arg(format!("{name}={}", quoted(&value)));
    }
    command.envs(target.aws.environment());
    if target.aws.endpoint().is_some() {
        command.env("SAM_CLI_POLL_DELAY", OFFLINE_POLL);
    }
    Ok(command)
}

/// Runs it; what SAM prints is shown only when it fails.
pub async fn run(command: &mut Command) -> Result<()> {
    exec::quiet(command).await?;
    Ok(())
}

/// A value for each of the template's own parameters that must differ from its default.
fn parameters(
    target: &Target,
    template: &Template,
    configured: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let ours = |name: &str| match name {
        "Stage" => Some(target.stage.clone()),
        "Architecture" => Some(target.build.architecture().to_owned()),
        "Version" => Some(target.version.clone()),
        _ => None,
    };
    let registry = format!("/caravan/{}/", target.stage);
    let mut chosen = BTreeMap::new();
    for (name, parameter) in &template.parameters {
        let moved = parameter
            .default
            .as_ref()
            .filter(|_| parameter.from_registry)
            .map(|default| default.replacen("/caravan/local/", &registry, 1));
        let value = ours(name)
            .or_else(|| target.overrides.get(name).cloned())
            .or_else(|| configured.get(name).cloned())
            .or(moved);
        if let Some(value) = value
            && parameter.default.as_ref() != Some(&value)
        {
            chosen.insert(name.clone(), value);
        }
    }
    // SAM wants at least one.
    if chosen.is_empty() {
        chosen.insert("Stage".to_owned(), target.stage.clone());
    }
    chosen
}

/// SAM splits at spaces, unless they stand in double quotes.
fn quoted(value: &str) -> String {
    if value.contains([' ', '"']) { format!("\"{}\"", value.replace('"', "\\\"")) } else { value.to_owned() }
}
