//! What a real cloud does to its callers and the offline one does not: conflicts, throttling, requests and
//! replies that get lost, and processes that die between two calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Another transaction holds the item.
    Conflict,
    /// Too many calls.
    Throttled,
    /// The role has a grant too few; no retry helps.
    Refused,
    /// It never arrives.
    LostRequest,
    /// It arrives and is done; its answer does not come back.
    LostReply,
    /// The process dies before it; every later call of the environment fails too.
    DeathBefore,
    /// It is done, and then the process dies.
    DeathAfter,
}

/// How often each fault happens, in percent of the calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Storm {
    pub conflicts: u8,
    pub throttled: u8,
    pub lost_requests: u8,
    pub lost_replies: u8,
}

/// The faults of one environment, and the calls it made.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    script: Vec<Scripted>,
    storm: Option<(Storm, u64)>,
    dead: bool,
    calls: BTreeMap<String, u32>,
    scanned: u64,
    fetched: u64,
}

struct Scripted {
    operation: String,
    /// Calls of the operation that pass before.
    passing: u32,
    fault: Fault,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faults")
    }
}

impl Faults {
    pub fn new() -> Self {
        Self::default()
    }

    /// A client that goes through these faults.
    pub fn around(&self, client: impl HttpClient + 'static) -> impl HttpClient + 'static {
        Faulty { faults: self.clone(), inner: SharedHttpClient::new(client) }
    }

    /// Hits the next call of an operation (`PutItem`). Several for one operation come in order.
    pub fn next(&self, operation: &str, fault: Fault) {
        self.after(0, operation, fault);
    }

    /// Lets some calls of the operation pass first.
    pub fn after(&self, passing: u32, operation: &str, fault: Fault) {
        self.state().script.push(Scripted { operation: operation.to_owned(), passing, fault });
    }

    /// Hits calls at random, the same ones for the same seed and order of calls.
    pub fn storm(&self, seed: u64, storm: Storm) {
        self.state().storm = Some((storm, seed));
    }

    /// No more faults; a dead process begins again.
    pub fn calm(&self) {
        let mut state = self.state();
        state.script.clear();
        state.storm = None;
        state.dead = false;
    }

    /// Whether a scripted death has happened.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Whether every scripted fault has happened.
    pub fn are_spent(&self) -> bool {
        self.state().script.is_empty()
    }

    /// Calls since the last [`Faults::forget`], retries included.
    pub fn total(&self) -> u32 {
        self.state().calls.values().sum()
    }

    /// Calls of one operation.
    pub fn count(&self, operation: &str) -> u32 {
        self.state().calls.get(operation).copied().unwrap_or(0)
    }

    /// Calls by operation.
    pub fn calls(&self) -> BTreeMap<String, u32> {
        self.state().calls.clone()
    }

    /// Items that queries have read since then: what they cost on AWS, where the offline cloud names one price for all.
    pub fn scanned(&self) -> u64 {
        self.state().scanned
    }

    /// Items that were read by their keys since then.
    pub fn fetched(&self) -> u64 {
        self.state().fetched
    }

    /// Begins to count anew.
    pub fn forget(&self) {
        let mut state = self.state();
        state.calls.clear();
        (state.scanned, state.fetched) = (0, 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn decide(&self, operation: &str) -> Option<Fault> {
        let mut state = self.state();
        if state.dead {
            return Some(Fault::DeathBefore);
        }
        *state.calls.entry(operation.to_owned()).or_default() += 1;
        let fault = state.scripted(operation).or_else(|| state.drawn(operation));
        state.dead = matches!(fault, Some(Fault::DeathBefore | Fault::DeathAfter));
        fault
    }
}

impl State {
    fn scripted(&mut self, operation: &str) -> Option<Fault> {
        let at = self.script.iter().position(|scripted| scripted.operation == operation)?;
        if self.script[at].passing == 0 {
            return Some(self.script.remove(at).fault);
        }
        self.script[at].passing -= 1;
        None
    }

    fn drawn(&mut self, operation: &str) -> Option<Fault> {
        let (storm, seed) = self.storm.as_mut()?;
        let drawn = (next_random(seed) % 100) as u8;
        let faults = [
            (storm.conflicts, Fault::Conflict),
            (storm.throttled, Fault::Throttled),
            (storm.lost_requests, Fault::LostRequest),
            (storm.lost_replies, Fault::LostReply),
        ];
        let mut below = 0;
        for (percent, fault) in faults {
            below += percent;
            if drawn < below {
                let possible = fault != Fault::Conflict || is_write(operation);
                return possible.then_some(fault);
            }
        }
        None
    }
}

/// SplitMix64.
fn next_random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn is_write(operation: &str) -> bool {
    ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&operation)
}

#[derive(Debug)]
struct Faulty<T> {
    faults: Faults,
    inner: T,
}

impl HttpClient for Faulty<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Faulty { faults: self.faults.clone(), inner })
    }
}

impl HttpConnector for Faulty<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        match self.faults.decide(&operation) {
            None if ["BatchGetItem", "GetItem", "Query"].contains(&operation.as_str()) => {
                self.counted(request)
            }
            None => self.inner.call(request),
            Some(Fault::Conflict) => HttpConnectorFuture::ready(Ok(conflict(&operation, &request))),
            Some(Fault::Throttled) => {
                HttpConnectorFuture::ready(Ok(refusal("ThrottlingException", json!({}))))
            }
            Some(Fault::Refused) => {
                HttpConnectorFuture::ready(Ok(refusal("AccessDeniedException", json!({}))))
            }
            Some(Fault::LostRequest) => HttpConnectorFuture::ready(Err(lost("the request was lost"))),
            Some(Fault::DeathBefore) => HttpConnectorFuture::ready(Err(death())),
            Some(Fault::LostReply) => self.done_and(request, lost("the reply was lost")),
            Some(Fault::DeathAfter) => self.done_and(request, death()),
        }
    }
}

impl Faulty<SharedHttpConnector> {
    fn counted(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, faults) = (self.inner.call(request), self.faults.clone());
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            let body = ByteStream::new(answer.take_body()).collect().await;
            let body = body.map_err(|why| ConnectorError::io(why.into()))?.into_bytes();
            let read = serde_json::from_slice::<Value>(&body).unwrap_or_default();
            faults.state().scanned += read["ScannedCount"].as_u64().unwrap_or_default();
            let of_tables = read["Responses"].as_object().into_iter().flat_map(|tables| tables.values());
            let in_batch: usize = of_tables.filter_map(|items| Some(items.as_array()?.len())).sum();
            faults.state().fetched += u64::from(read["Item"].is_object()) + in_batch as u64;
            *answer.body_mut() = SdkBody::from(body);
            Ok(answer)
        })
    }

    fn done_and(&self, request: HttpRequest, error: ConnectorError) -> HttpConnectorFuture {
        let done = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            // Whatever it was, nobody hears of it.
            let _ = done.await;
            Err(error)
        })
    }
}

/// The operation's name: from the header of the JSON protocols, the form of the query protocol, what S3's clients add to the
/// address, or the path.
fn operation(request: &HttpRequest) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    let body = std::str::from_utf8(request.body().bytes().unwrap_or_default()).unwrap_or_default();
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    let named = || request.uri().split(['?', '&']).find_map(|pair| pair.strip_prefix("x-id="));
    action.or_else(named).unwrap_or(request.uri()).to_owned()
}

fn conflict(operation: &str, request: &HttpRequest) -> HttpResponse {
    if operation != "TransactWriteItems" {
        return refusal("TransactionConflictException", json!({}));
    }
    let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
    let items = body["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![json!({"Code": "None"}); items];
    reasons[0] = json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"});
    refusal("TransactionCanceledException", json!({ "CancellationReasons": reasons }))
}

fn refusal(code: &str, more: Value) -> HttpResponse {
    let mut body = more;
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{code}"));
    body["message"] = json!("made by a test");
    let status = 400.try_into().expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

/// The SDK tries again after these.
fn lost(what: &'static str) -> ConnectorError {
    ConnectorError::io(what.into())
}

/// A dead process tries nothing again.
fn death() -> ConnectorError {
    ConnectorError::other("the process is dead".into(), None)
}
