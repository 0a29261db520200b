//! What a handler answers: the type says the status, and the document is made from it.

use platform::describe;
use schemars::JsonSchema;
use serde::Serialize;

/// A finished answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            // Plain data without maps of odd keys always has a JSON form.
            body: serde_json::to_vec(body).unwrap_or_default(),
        }
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.retain(|(present, _)| present != name);
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(present, _)| present == name).map(|(_, value)| value.as_str())
    }
}

/// What can be answered.
pub trait Reply: Send {
    fn describe() -> describe::Reply;

    fn to_response(&self) -> Response;
}

fn described<T: JsonSchema>(status: u16) -> describe::Reply {
    describe::Reply {
        status,
        also: Vec::new(),
        content_type: "application/json",
        schema: Some(|generator| generator.subschema_for::<T>()),
    }
}

/// 200 with a body.
#[derive(Debug)]
pub struct Json<T> {
    body: T,
    max_age: Option<u32>,
}

impl<T> Json<T> {
    pub fn new(body: T) -> Self {
        Self { body, max_age: None }
    }

    /// Anybody may keep the answer for `seconds`.
    pub fn cached(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }
}

impl<T: Serialize + JsonSchema + Send> Reply for Json<T> {
    fn describe() -> describe::Reply {
        described::<T>(200)
    }

    fn to_response(&self) -> Response {
        let response = Response::json(200, &self.body);
        match self.max_age {
            Some(seconds) => response.with("cache-control", format!("public, max-age={seconds}")),
            None => response,
        }
    }
}

/// 201 with the new thing and its address.
#[derive(Debug)]
pub struct Created<T> {
    pub location: String,
    pub body: T,
}

impl<T: Serialize + JsonSchema + Send> Reply for Created<T> {
    fn describe() -> describe::Reply {
        described::<T>(201)
    }

    fn to_response(&self) -> Response {
        Response::json(201, &self.body).with("location", &self.location)
    }
}

/// 202: it will be done.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

impl<T: Serialize + JsonSchema + Send> Reply for Accepted<T> {
    fn describe() -> describe::Reply {
        described::<T>(202)
    }

    fn to_response(&self) -> Response {
        Response::json(202, &self.0)
    }
}

/// 202 with the address at which to see what becomes of it.
#[derive(Debug)]
pub struct Begun<T> {
    pub location: String,
    pub body: T,
}

impl<T: Serialize + JsonSchema + Send> Reply for Begun<T> {
    fn describe() -> describe::Reply {
        described::<T>(202)
    }

    fn to_response(&self) -> Response {
        Response::json(202, &self.body).with("location", &self.location)
    }
}

/// 200 with the thing, or 202 while another context still has its part to do: ask again in a moment.
#[derive(Debug)]
pub enum Eventual<T> {
    Ready(Box<T>),
    Pending { location: String },
}

/// The body of an answer that is not there yet.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Pending {
    #[schemars(extend("const" = "pending"))]
    pub state: &'static str,
}

/// Names the two forms in the document.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
#[schemars(rename = "{T}OrPending")]
enum ReadyOrPending<T> {
    Ready(T),
    Pending(Pending),
}

impl<T: Serialize + JsonSchema + Send + Sync> Reply for Eventual<T> {
    fn describe() -> describe::Reply {
        describe::Reply { also: vec![202], ..described::<ReadyOrPending<T>>(200) }
    }

    fn to_response(&self) -> Response {
        match self {
            Self::Ready(body) => Response::json(200, body),
            Self::Pending { location } => Response::json(202, &Pending { state: "pending" })
                .with("location", location)
                .with("retry-after", 1),
        }
    }
}

/// 204.
#[derive(Debug)]
pub struct NoContent;

impl Reply for NoContent {
    fn describe() -> describe::Reply {
        describe::Reply { status: 204, also: Vec::new(), content_type: "", schema: None }
    }

    fn to_response(&self) -> Response {
        Response { status: 204, headers: Vec::new(), body: Vec::new() }
    }
}

/// 302: a browser goes on elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    pub location: String,
    cookie: Option<String>,
    max_age: Option<u32>,
}

impl Redirect {
    pub fn to(location: impl Into<String>) -> Self {
        Self { location: location.into(), cookie: None, max_age: None }
    }

    /// Anybody may keep the answer for `seconds`.
    pub fn cached(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// A whole `Set-Cookie`, attributes included.
    pub fn with_cookie(mut self, cookie: impl Into<String>) -> Self {
        self.cookie = Some(cookie.into());
        self
    }
}

impl Reply for Redirect {
    fn describe() -> describe::Reply {
        describe::Reply { status: 302, also: Vec::new(), content_type: "", schema: None }
    }

    fn to_response(&self) -> Response {
        let response = Response { status: 302, headers: Vec::new(), body: Vec::new() };
        let cache = self.max_age.map(|seconds| format!("public, max-age={seconds}"));
        let cache = cache.unwrap_or_else(|| "no-store".into());
        let response = response.with("location", &self.location).with("cache-control", cache);
        match &self.cookie {
            Some(cookie) => response.with("set-cookie", cookie),
            None => response,
        }
    }
}

/// 200 with something other than JSON, for browsers.
#[derive(Debug)]
pub struct Page {
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// Already compressed with gzip.
    pub gzip: bool,
    /// What the page may load, when it is HTML.
    pub content_security_policy: Option<&'static str>,
}

impl Reply for Page {
    fn describe() -> describe::Reply {
        describe::Reply { status: 200, also: Vec::new(), content_type: "*/*", schema: None }
    }

    fn to_response(&self) -> Response {
        let mut response = Response { status: 200, headers: Vec::new(), body: self.body.clone() }
            .with("content-type", self.content_type)
            .with("cache-control", "public, max-age=300");
        if self.gzip {
            response = response.with("content-encoding", "gzip");
        }
        match self.content_security_policy {
            Some(policy) => response.with("content-security-policy", policy),
            None => response,
        }
    }
}
