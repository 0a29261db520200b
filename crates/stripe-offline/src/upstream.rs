//! localstripe, asked in JSON: it takes JSON where Stripe takes forms, and that tells null from nothing.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use crate::SECRET_KEY;
use crate::reply::{Answer, Refusal};

pub struct Upstream {
    agent: Agent,
    base: String,
}

impl Upstream {
    pub fn new(base: &str) -> Self {
        Self { agent: agent(), base: base.to_owned() }
    }

    pub fn get(&self, path: &str) -> Answer<Value> {
        self.answer(self.agent.get(self.at(path)).header("authorization", key()).call())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer<Value> {
        let request = self.agent.post(self.at(path)).header("authorization", key());
        self.answer(request.content_type("application/json").send(body.to_string()))
    }

    /// A form as it came.
    pub fn post_form(&self, path: &str, form: &str) -> Answer<Value> {
        let request = self.agent.post(self.at(path)).header("authorization", key());
        self.answer(request.content_type("application/x-www-form-urlencoded").send(form))
    }

    pub fn delete(&self, path: &str) -> Answer<Value> {
        self.answer(self.agent.delete(self.at(path)).header("authorization", key()).call())
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn answer(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Answer<Value> {
        let gone = |error: ureq::Error| Refusal::new(502, "", format!("localstripe: {error}"));
        let mut answer = answer.map_err(gone)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(gone)?;
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
        if status < 400 {
            return Ok(body);
        }
        let said = |field: &str| body["error"][field].as_str().unwrap_or_default();
        let code = if status == 404 { "resource_missing" } else { said("code") };
        let message = if said("message").is_empty() { &text } else { said("message") };
        let mut refusal = Refusal::new(status, code, message);
        if let Some(charge) = body["error"].get("charge") {
            refusal = refusal.with("charge", charge.clone());
        }
        Err(refusal)
    }
}

fn key() -> String {
    format!("Bearer {SECRET_KEY}")
}

/// A client for which every status is an answer.
pub fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.timeout_global(Some(Duration::from_secs(30))).build().into()
}
