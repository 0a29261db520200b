//! Endpoints called in process, with the event that API Gateway would send.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use platform::Function;
use platform::log::Line;
use serde_json::{Value, json};

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    method: &'static str,
    path: String,
    route: Option<String>,
    query: String,
    parameters: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Option<Vec<u8>>,
    address: String,
}

impl Call {
    /// `path` as seen from the front door: `/api/v1/auth/me`.
    pub fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            route: None,
            query: String::new(),
            parameters: BTreeMap::new(),
            headers: BTreeMap::from([("user-agent".to_owned(), "testkit".to_owned())]),
            body: None,
            address: "203.0.113.7".to_owned(),
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// The route's path where it differs: `/api/v1/tours/{id}`.
    pub fn route(mut self, path: &str) -> Self {
        self.route = Some(path.to_owned());
        self
    }

    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The raw query string.
    pub fn query(mut self, raw: &str) -> Self {
        self.query = raw.to_owned();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Where the client is.
    pub fn from(mut self, address: &str) -> Self {
        self.address = address.to_owned();
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Any bytes. What is not UTF-8 travels as base64, as API Gateway sends it.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// As API Gateway sends it.
    pub fn event(&self) -> Value {
        let (method, path) = (self.method, &self.path);
        let route = format!("{method} {}", self.route.as_ref().unwrap_or(path));
        let text = self.body.as_ref().map(|bytes| String::from_utf8(bytes.clone()));
        let (body, encoded) = match text {
            None => (None, false),
            Some(Ok(text)) => (Some(text), false),
            Some(Err(bytes)) => (Some(STANDARD.encode(bytes.as_bytes())), true),
        };
        json!({
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": self.query,
            "headers": self.headers,
            "pathParameters": self.parameters,
            "body": body,
            "isBase64Encoded": encoded,
            "requestContext": {
                "requestId": "test-request",
                "routeKey": route,
                "stage": "$default",
                "timeEpoch": 0,
                "http": {"method": method, "path": path, "sourceIp": self.address},
            },
        })
    }

    /// Sends it to an endpoint.
    pub async fn to<F: Function>(&self, endpoint: &F, state: &'static F::State) -> Answer {
        let mut line = Line::begin("test");
        let event = serde_json::from_value(self.event()).expect("an event of API Gateway");
        let answer = endpoint.handle(state, event, &mut line).await;
        // Not written: the terminal is for what tests say.
        std::mem::forget(line);
        let answer = answer.expect("endpoints answer failures as problems");
        Answer::read(&serde_json::to_value(answer).expect("JSON"))
    }
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the form in which API Gateway gets it.
    fn read(answer: &Value) -> Self {
        let body = answer["body"].as_str().unwrap_or_default();
        let encoded = answer["isBase64Encoded"] == true;
        let headers = answer["headers"].as_object().into_iter().flatten();
        Self {
            status: answer["statusCode"].as_u64().and_then(|it| it.try_into().ok()).expect("a status"),
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            body: if encoded { STANDARD.decode(body).expect("base64") } else { body.as_bytes().to_vec() },
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{why} in {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// The code of the problem it must be; checks that the document is whole.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document = self.json();
        let code = document["code"].as_str().expect("a code").to_owned();
        assert_eq!(document["status"], self.status, "{document}");
        assert!(document["type"].as_str().is_some_and(|kind| kind.ends_with(&code)), "{document}");
        for field in ["title", "detail", "request_id"] {
            assert!(document[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {document}");
        }
        code
    }

    /// Names the broken fields, in order.
    pub fn broken(&self) -> Vec<String> {
        let document = self.json();
        let errors = document["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
