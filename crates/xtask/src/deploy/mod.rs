//! Deploying the stacks, offline and for real, with the same SAM command line.

mod sam;
pub mod samconfig;
mod stacks;
mod template;

pub use stacks::{Stack, all as all_stacks, waves};

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use serde_json::json;
use sha2::{Digest, Sha256};
use stripe_offline::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::aws::Aws;
use crate::binaries::Build;
use crate::{progress, tools, zips};
use template::Template;

/// Each SAM process is Python that starts for a second or two; more of them only wait for each other.
const SIDE_BY_SIDE: usize = 3;

/// Where and how to deploy.
pub struct Target {
    pub stage: String,
    pub aws: Aws,
    pub build: Build,
    pub version: String,
    /// Parameters that win over those of samconfig.toml.
    pub overrides: BTreeMap<String, String>,
    /// What takes the place of the noise that secrets are born with: the value by context and name. Offline only;
    /// elsewhere an operator does it.
    pub secrets: BTreeMap<(&'static str, &'static str), String>,
}

impl Target {
    /// The offline cloud; the public URL is that of its front door.
    pub fn offline(aws: Aws, door: &str) -> Self {
        let overrides = [("PublicUrl", door), ("AllowedOrigins", door), ("RateLimits", "wide")];
        Self {
            stage: "local".to_owned(),
            aws,
            build: Build::Local,
            version: "development".to_owned(),
            overrides: overrides.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            secrets: BTreeMap::new(),
        }
    }

    /// With the payment provider of the offline cloud, where there is one, and its keys.
    pub fn paid_at(mut self, stripe: Option<&str>) -> Self {
        if let Some(url) = stripe {
            let keys = json!({
                "secret_key": SECRET_KEY,
                "publishable_key": PUBLISHABLE_KEY,
                "webhook_secrets": [WEBHOOK_SECRET],
            });
            self.overrides.insert("StripeUrl".to_owned(), url.to_owned());
            self.secrets.insert(("payments", "stripe-keys"), keys.to_string());
        }
        self
    }
}

/// Deploys all data stacks and the function stacks of some contexts, wave by wave; answers the stacks
/// that it did not skip. The edge comes last, where it is wanted. Offline, a stack is skipped when nothing about it changed since its last
/// deploy into this same cloud; elsewhere SAM and CloudFormation find out themselves.
pub async fn deploy(target: Target, contexts: &[String], edge: bool) -> Result<Vec<String>> {
    let target = Arc::new(target);
    if target.aws.endpoint().is_some() {
        // Elsewhere SAM makes its own (`resolve_s3`).
        if let Some(bucket) = samconfig::read(&target.stage)?.s3_bucket {
            target.aws.create_bucket(&bucket).await?;
        }
    }
    let mut deployed = Vec::new();
    for wave in waves(contexts, edge)? {
        let limit = Arc::new(Semaphore::new(SIDE_BY_SIDE));
        let mut running = JoinSet::new();
        for stack in wave {
            let (target, limit) = (Arc::clone(&target), Arc::clone(&limit));
            running.spawn(async move {
                let _place = limit.acquire().await?;
                let changed = deploy_one(&target, &stack).await?;
                anyhow::Ok(changed.then(|| stack.name(&target.stage)))
            });
        }
        while let Some(stack) = running.join_next().await {
            deployed.extend(stack??);
        }
    }
    Ok(deployed)
}

/// The command that deploys a stack: the same one offline, in a workflow and by hand.
pub async fn command(target: &Target, stack: &Stack) -> Result<Command> {
    let mut more = BTreeMap::new();
    if *stack == Stack::Edge {
        more.insert("ApiDomains".to_owned(), api_domains(target).await?);
    }
    sam::command(target, stack, &more)
}

/// Values that cross regions: the edge lives in us-east-1 and cannot read the registry.
async fn api_domains(target: &Target) -> Result<String> {
    if target.aws.is_nobody() {
        return Ok("gateway:(read from the registry)".to_owned());
    }
    let mut pairs = Vec::new();
    for context in crate::project::contexts()? {
        let name = format!("/caravan/{}/{context}/api-url", target.stage);
        if let Some(url) = target.aws.parameter(&name).await? {
            let domain = url.trim_start_matches("https://").split('/').next().unwrap_or_default();
            pairs.push(format!("{context}:{domain}"));
        }
    }
    Ok(pairs.join(","))
}

async fn deploy_one(target: &Target, stack: &Stack) -> Result<bool> {
    let name = stack.name(&target.stage);
    let mut command = command(target, stack).await?;
    if target.aws.endpoint().is_none() {
        progress::step(&format!("deploying {name}"), sam::run(&mut command)).await?;
        return Ok(true);
    }
    // The hash lives in the cloud it describes, so it can never outlive it.
    let marker = format!("/caravan-deployed/{name}");
    let template = Template::read(&stack.template())?;
    let wanted = fingerprint(&template, &crate::exec::line(&command))?;
    if target.aws.parameter(&marker).await?.as_deref() == Some(&wanted) {
        return Ok(false);
    }
    progress::step(&format!("deploying {name}"), sam::run(&mut command)).await?;
    match stack {
        Stack::Data(context) => fill_secrets(target, context).await?,
        Stack::Functions(context) => allow_origins(target, context).await?,
        Stack::Platform | Stack::Edge => {}
    }
    target.aws.set_parameter(&marker, &wanted).await?;
    Ok(true)
}

/// Offline only. Functions come after all data, so that they never start with the noise.
async fn fill_secrets(target: &Target, context: &str) -> Result<()> {
    for ((_, name), value) in target.secrets.iter().filter(|((of, _), _)| *of == context) {
        let arn = format!("/caravan/{}/{context}/secret/{name}/arn", target.stage);
        if let Some(arn) = target.aws.parameter(&arn).await? {
            target.aws.set_secret(&arn, value).await?;
        }
    }
    Ok(())
}

/// Offline only: see [`crate::aws::Aws::allow_origins`].
async fn allow_origins(target: &Target, context: &str) -> Result<()> {
    let registry = format!("/caravan/{}", target.stage);
    let api = target.aws.parameter(&format!("{registry}/{context}/api-id")).await?;
    let origins = target.aws.parameter(&format!("{registry}/platform/allowed-origins")).await?;
    if let (Some(api), Some(origins)) = (api, origins) {
        target.aws.allow_origins(&api, &origins.split(',').collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Everything a deploy depends on: the template, the zips, the command with its parameters.
fn fingerprint(template: &Template, command: &str) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(&template.text);
    hash.update(command);
    for function in &template.functions {
        hash.update(zips::hash(function)?);
    }
    Ok(tools::hex(&hash.finalize()))
}
