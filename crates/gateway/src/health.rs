//! The health of the whole: each context answers for itself.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use kernel::{Failure, Result};
use platform::{Aws, StartError, State, config};
use reqwest::header::{HeaderName, HeaderValue};
use tokio::task::JoinSet;
use web::health::{Health, Part, Status, probe};

use crate::services::{Service, Services};

/// How long answers are believed: a status page that reloads must not become a load of its own.
const BELIEVED: Duration = Duration::from_secs(10);
/// For all contexts together (gateway.md, GW-3).
const PATIENCE: Duration = Duration::from_secs(3);

pub struct Contexts {
    services: Services,
    client: reqwest::Client,
    offline: Option<String>,
    known: Mutex<Option<(Instant, Health)>>,
}

impl State for Contexts {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        // Functions refuse whoever does not come through the edge.
        let edge = web::edge_secrets().into_iter().next().map(|secret| HeaderValue::from_str(&secret));
        let headers = edge.transpose()?.map(|secret| (HeaderName::from_static(web::EDGE_HEADER), secret));
        let client =
            reqwest::Client::builder().timeout(PATIENCE).default_headers(headers.into_iter().collect());
        let client = client.build()?;
        Ok(Self {
            services: Services::start(aws).await?,
            client,
            offline: config::optional("AWS_ENDPOINT_URL"),
            known: Mutex::default(),
        })
    }
}

impl Contexts {
    pub async fn health(&self) -> Result<Health> {
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let mut asked = JoinSet::new();
        for service in self.services.all().await? {
            if let Some(url) = health_url(&service, self.offline.as_deref()) {
                let client = self.client.clone();
                asked.spawn(async move { ask(client, service.name, url).await });
            }
        }
        let mut parts = asked.join_all().await;
        parts.sort_by(|one, other| one.name.cmp(&other.name));
        let health = Health::of(parts);
        if let Ok(mut known) = self.known.lock() {
            *known = Some((Instant::now(), health.clone()));
        }
        Ok(health)
    }

    fn believed(&self) -> Option<Health> {
        let known = self.known.lock().ok()?;
        let (at, health) = known.as_ref()?;
        (at.elapsed() < BELIEVED).then(|| health.clone())
    }
}

/// `None` for what has no API, such as the platform itself.
fn health_url(service: &Service, offline: Option<&str>) -> Option<String> {
    let base = match offline {
        // The offline cloud serves every API below its one address.
        Some(cloud) => format!("{cloud}/_aws/execute-api/{}/$default", service.parts.get("api-id")?),
        None => service.parts.get("api-url")?.clone(),
    };
    // The gateway's own is not /gateway/health (gateway.md, GW-4).
    let path = match service.name.as_str() {
        "gateway" => "health/gateway".to_owned(),
        context => format!("{context}/health"),
    };
    Some(format!("{base}{}/{path}", web::BASE))
}

async fn ask(client: reqwest::Client, name: String, url: String) -> Part {
    let answer = async {
        let answer = client.get(url).send().await.map_err(Failure::unavailable)?;
        answer.json::<Health>().await.map_err(Failure::unavailable)
    };
    let (mut part, health) = probe(&name, answer).await;
    if health.is_none_or(|health| health.status != Status::Ok) {
        part.status = Status::Degraded;
    }
    part
}
