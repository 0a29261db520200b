//! `GET /<context>/health`: is the context able to work right now?

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use kernel::Result;
use platform::{App, Aws, StartError, State, config};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Table};

use crate::reply::{Reply, Response};
use crate::{Action, Endpoint, Grant, Handler, Json, get};

/// A probe that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    pub status: Status,
    pub version: String,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "HealthStatus")]
pub enum Status {
    Ok,
    Degraded,
}

/// One thing that was tried.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    pub name: String,
    pub status: Status,
    pub latency_ms: u64,
    /// Messages that wait in a queue, or in its dead-letter queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
}

impl Health {
    pub fn of(parts: Vec<Part>) -> Self {
        let ok = parts.iter().all(|part| part.status == Status::Ok);
        let status = if ok { Status::Ok } else { Status::Degraded };
        Self { status, version: config::version(), parts }
    }
}

/// 200, or 503 so that a load balancer understands it too.
impl Reply for Health {
    fn describe() -> platform::describe::Reply {
        platform::describe::Reply { also: vec![503], ..Json::<Self>::describe() }
    }

    fn to_response(&self) -> Response {
        let status = if self.status == Status::Ok { 200 } else { 503 };
        Response::json(status, self)
    }
}

/// Tries something and takes the time.
pub async fn probe<T, E>(name: &str, work: impl Future<Output = Result<T, E>>) -> (Part, Option<T>) {
    let started = Instant::now();
    let done = tokio::time::timeout(PATIENCE, work).await.ok().and_then(Result::ok);
    let status = if done.is_some() { Status::Ok } else { Status::Degraded };
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    (Part { name: name.to_owned(), status, latency_ms, waiting: None }, done)
}

/// What a context's health looks at: its table and its queues.
pub struct Vitals {
    table: Table,
    sqs: aws_sdk_sqs::Client,
    queues: Vec<(String, String)>,
}

impl State for Vitals {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)?, sqs: aws.sqs(), queues: queues() })
    }
}

/// The queues that the description grants, by the variables that come with a grant.
fn queues() -> Vec<(String, String)> {
    std::env::vars()
        .filter_map(|(name, url)| {
            let queue = name.strip_prefix("QUEUE_")?.to_lowercase().replace('_', "-");
            Some((queue, url))
        })
        .collect()
}

/// The endpoint of a context. Its cost is a read of the table and a question for each queue of the context, side by side.
pub fn endpoint(path: &str) -> Endpoint<Vitals, (), impl Handler<Vitals, ()>> {
    let endpoint = get(path, check).public().unlimited().calls(1);
    endpoint.grants([Grant::Table(&[Action::Get]), Grant::QueueDepths])
}

async fn check(vitals: App<Vitals>) -> Result<Health> {
    let key = Key::new("HEALTH", "HEALTH");
    let table = async { probe("table", vitals.table.item(&key, true)).await.0 };
    let queues = vitals.queues.iter().map(|(name, url)| async {
        let (part, waiting) = probe(name, vitals.waiting(url)).await;
        Part { waiting, ..part }
    });
    let (table, queues) = join(table, join_all(queues)).await;
    Ok(Health::of(std::iter::once(table).chain(queues).collect()))
}

impl Vitals {
    async fn waiting(&self, url: &str) -> Result<u64> {
        use aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
        let request = self.sqs.get_queue_attributes().queue_url(url);
        let answer = request.attribute_names(ApproximateNumberOfMessages).send().await;
        let attributes = answer.map_err(kernel::Failure::unavailable)?.attributes.unwrap_or_default();
        let waiting = attributes.get(&ApproximateNumberOfMessages).and_then(|count| count.parse().ok());
        Ok(waiting.unwrap_or(0))
    }
}
