//! What is answered.

use serde_json::{Map, Value, json};

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Body,
    /// Whether it is the answer of an earlier try.
    pub replayed: bool,
}

#[derive(Debug, Clone)]
pub enum Body {
    Json(Value),
    Html(String),
    /// To be looked at there.
    Elsewhere(String),
}

impl Reply {
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, body: Body::Json(body), replayed: false }
    }

    pub fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub fn html(status: u16, page: String) -> Self {
        Self { status, body: Body::Html(page), replayed: false }
    }

    pub fn elsewhere(url: String) -> Self {
        Self { status: 303, body: Body::Elsewhere(url), replayed: false }
    }
}

/// An error in Stripe's form (docs.stripe.com/api/errors).
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub kind: &'static str,
    pub code: Option<String>,
    pub message: String,
    pub more: Map<String, Value>,
}

pub type Answer<T = Reply> = Result<T, Refusal>;

impl Refusal {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        let code = Some(code.to_owned()).filter(|code| !code.is_empty());
        Self { status, kind: "invalid_request_error", code, message: message.into(), more: Map::new() }
    }

    /// 400, the most usual one.
    pub fn bad(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub fn missing(what: &str) -> Self {
        Self::bad("parameter_missing", format!("Missing required param: {what}.")).with("param", what)
    }

    pub fn unknown(what: &str) -> Self {
        Self::bad("parameter_unknown", format!("Received unknown parameter: {what}")).with("param", what)
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let mut error = json!({"type": refusal.kind, "message": refusal.message});
        if let Some(code) = refusal.code {
            error["code"] = code.into();
        }
        for (name, value) in refusal.more {
            error[name] = value;
        }
        Self::json(refusal.status, json!({ "error": error }))
    }
}
