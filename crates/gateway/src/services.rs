//! The service registry: what the stacks published about themselves under `/caravan/<stage>/`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aws_sdk_ssm::Client;
use kernel::{Failure, Result};
use platform::{Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stacks change rarely.
const BELIEVED: Duration = Duration::from_secs(60);

/// A context and where its parts are: `api-url`, `table-name`, `queue/<name>/arn`, …
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    pub name: String,
    pub parts: BTreeMap<String, String>,
}

pub struct Services {
    client: Client,
    path: String,
    known: Mutex<Option<(Instant, Vec<Service>)>>,
}

impl State for Services {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { client: aws.ssm(), path: config::required("REGISTRY_PATH")?, known: Mutex::default() })
    }
}

impl Services {
    /// Every context, by name.
    pub async fn all(&self) -> Result<Vec<Service>> {
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let mut found: BTreeMap<String, Service> = BTreeMap::new();
        let mut pages =
            self.client.get_parameters_by_path().path(&self.path).recursive(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for parameter in page.map_err(Failure::unavailable)?.parameters.unwrap_or_default() {
                let (name, value) = (parameter.name.unwrap_or_default(), parameter.value.unwrap_or_default());
                let part = name
                    .strip_prefix(&self.path)
                    .and_then(|rest| rest.trim_start_matches('/').split_once('/'));
                if let Some((context, part)) = part {
                    let service = found.entry(context.to_owned()).or_default();
                    service.name = context.to_owned();
                    service.parts.insert(part.to_owned(), value);
                }
            }
        }
        let all: Vec<_> = found.into_values().collect();
        if let Ok(mut known) = self.known.lock() {
            *known = Some((Instant::now(), all.clone()));
        }
        Ok(all)
    }

    fn believed(&self) -> Option<Vec<Service>> {
        let known = self.known.lock().ok()?;
        let (at, all) = known.as_ref()?;
        (at.elapsed() < BELIEVED).then(|| all.clone())
    }
}
