//! Problem documents: RFC 9457.

use kernel::{Failure, FieldError};
use platform::config;
use schemars::JsonSchema;
use serde::Serialize;

use crate::Response;
use crate::endpoint::BASE;

/// How every error looks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Document {
    /// A page that explains this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every occurrence.
    pub title: String,
    pub status: u16,
    /// What happened here and what to do.
    pub detail: String,
    /// For programs: stable.
    pub code: String,
    /// Tell us this id when you ask for help.
    pub request_id: String,
    /// Every broken field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What this kind of problem says besides.
    #[serde(flatten)]
    #[schemars(skip)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// The client's part of a failure.
pub fn response(failure: &Failure, request_id: &str) -> Response {
    let problem = failure.problem;
    let document = Document {
        kind: format!("{}{BASE}/problems/{}", config::public_url().unwrap_or_default(), problem.code),
        title: problem.title.into(),
        status: problem.status,
        detail: failure.detail.clone(),
        code: problem.code.into(),
        request_id: request_id.into(),
        errors: failure.errors.clone(),
        more: failure.more().iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let mut response =
        Response::json(problem.status, &document).with("content-type", "application/problem+json");
    if let Some(after) = failure.retry_after {
        // Whole seconds, and never 0: that would ask for a storm.
        let seconds = after.as_millis().div_ceil(1000).max(1);
        response = response.with("retry-after", seconds.to_string());
    }
    if problem.status == 401 {
        response = response.with("www-authenticate", "Bearer");
    }
    response
}
