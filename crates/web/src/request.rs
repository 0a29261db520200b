//! A request as it came through API Gateway, before anything about it is believed.

use std::collections::{BTreeMap, HashMap, VecDeque};

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::digest;
use kernel::{Problem, Result};

use crate::{Caller, Once};

/// Set by the edge, whatever the client sent under these names.
pub const EDGE_HEADER: &str = "x-caravan-edge";
const VIEWER_HEADER: &str = "x-caravan-viewer";

#[derive(Debug, Clone)]
pub struct Request {
    pub id: String,
    pub correlation_id: String,
    /// `POST /api/v1/auth/login`: the route that matched, not the path.
    pub route: String,
    pub method: String,
    pub path: String,
    /// The values of the path's `{parameters}`, first to last.
    pub parameters: VecDeque<String>,
    pub query: Vec<(String, String)>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// The client's address, as far as it can be believed.
    pub address: String,
    pub caller: Option<Caller>,
    pub once: Once,
}

impl Request {
    /// Reads the event; `edge` holds the secrets of which the edge must know one, if there is an edge.
    pub fn from_event(event: ApiGatewayV2httpRequest, edge: &[String]) -> Result<Self> {
        let headers: BTreeMap<_, _> = event
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let context = event.request_context;
        let id = context.request_id.unwrap_or_default();
        let through_edge = !edge.is_empty();
        if through_edge && !headers.get(EDGE_HEADER).is_some_and(|sent| is_one_of(sent, edge)) {
            return Err(Problem::FORBIDDEN.because("Use the public address of this service."));
        }
        let address = match headers.get(VIEWER_HEADER) {
            Some(viewer) if through_edge => viewer.clone(),
            _ => context.http.source_ip.unwrap_or_default(),
        };
        let route = context.route_key.unwrap_or_default();
        let body = event.body.unwrap_or_default();
        let body = if event.is_base64_encoded {
            STANDARD
                .decode(&body)
                .map_err(|_| Problem::INVALID_REQUEST.because("The body could not be decoded."))?
        } else {
            body.into_bytes()
        };
        Ok(Self {
            correlation_id: correlation(&headers).unwrap_or_else(|| id.clone()),
            id,
            parameters: in_order(&route, event.path_parameters),
            route,
            method: context.http.method.to_string(),
            path: event.raw_path.unwrap_or_default(),
            query: kernel::query::pairs(&event.raw_query_string.unwrap_or_default())?,
            headers,
            body,
            address,
            caller: None,
            once: Once::default(),
        })
    }

    /// A header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The client's own id for what it does, when it is harmless to write into logs and events.
fn correlation(headers: &BTreeMap<String, String>) -> Option<String> {
    let id = headers.get("x-correlation-id").or_else(|| headers.get("x-request-id"))?;
    let harmless = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
    ((8..=64).contains(&id.len()) && id.bytes().all(harmless)).then(|| id.clone())
}

/// Compares digests, so that the time tells nothing about the secret.
fn is_one_of(sent: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| digest(secret) == digest(sent))
}

/// API Gateway gives them by name; the route says in which order they stand.
fn in_order(route: &str, mut values: HashMap<String, String>) -> VecDeque<String> {
    let names = route.split(['{', '}']).skip(1).step_by(2);
    names.filter_map(|name| values.remove(name.trim_end_matches('+'))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_parameters_stand_in_the_order_of_the_path() {
        let values = [("id", "ada"), ("album", "alps")].map(|(name, value)| (name.into(), value.into()));
        let ordered = in_order("GET /users/{id}/albums/{album}", HashMap::from(values));
        assert_eq!(ordered, ["ada", "alps"]);
    }
}
