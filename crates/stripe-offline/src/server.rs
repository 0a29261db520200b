//! HTTP: who asks, what for, and who answers it.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tiny_http::{Header, Request, Response, Server};

use crate::checkout::Sessions;
use crate::form::{self, Tree};
use crate::idempotency::Keys;
use crate::reply::{Answer, Body, Refusal, Reply};
use crate::shape::Extras;
use crate::upstream::Upstream;
use crate::webhooks::Hooks;

const WORKERS: usize = 8;
/// Where localstripe sends its events, for us to send them on.
const EVENTS: &str = "/_localstripe/events";

/// What stands in front of localstripe.
pub struct Layer {
    pub url: String,
    pub upstream: Upstream,
    pub hooks: Arc<Hooks>,
    pub extras: Extras,
    pub sessions: Sessions,
    keys: Keys,
    /// One change at a time, so that a rule about a sum holds.
    work: Mutex<()>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// With the secret key.
    Account,
    /// With the publishable key: a browser, which needs an object's own secret too.
    Browser,
    Nobody,
}

/// A request.
pub struct Call {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: String,
    pub caller: Caller,
    key: Option<String>,
}

impl Call {
    /// The parameters, wherever they stand, and the paths that are to be expanded.
    pub fn params(&self) -> (Tree, Vec<String>) {
        let mut params = form::tree(if self.method == "GET" { &self.query } else { &self.body });
        params.remove("key");
        let expand = params.remove("expand").unwrap_or_default();
        let paths = expand.as_array().into_iter().flatten();
        (params, paths.filter_map(|path| path.as_str().map(str::to_owned)).collect())
    }
}

impl Layer {
    pub fn new(url: String, upstream: &str) -> Self {
        Self {
            url,
            upstream: Upstream::new(upstream),
            hooks: Arc::default(),
            extras: Extras::default(),
            sessions: Sessions::default(),
            keys: Keys::default(),
            work: Mutex::default(),
        }
    }

    pub fn listen_to_localstripe(&self) -> Answer<()> {
        let hook = json!({"url": format!("{}{EVENTS}", self.url), "secret": crate::WEBHOOK_SECRET});
        self.upstream.post("/_config/webhooks/layer", &hook).map(|_| ())
    }

    fn answer(self: &Arc<Self>, call: &Call) -> Answer {
        if call.path == EVENTS {
            let mut event: Value = serde_json::from_str(&call.body).unwrap_or_default();
            self.extras.shape(&mut event, &[]);
            self.hooks.send(event);
            return Ok(Reply::ok(json!({})));
        }
        if !call.path.starts_with("/v1/") {
            return self.work_alone(|| self.page(call));
        }
        if call.caller == Caller::Nobody {
            return Err(Refusal::new(401, "", "You did not provide an API key that is for tests."));
        }
        if call.method == "GET" {
            return self.route(call);
        }
        let work = || self.work_alone(|| self.route(call));
        match &call.key {
            Some(key) if call.method == "POST" => {
                self.keys.once(key, &format!("{} {}", call.path, call.body), work)
            }
            _ => work(),
        }
    }

    pub fn work_alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let _alone = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    fn page(self: &Arc<Self>, call: &Call) -> Answer {
        let parts: Vec<&str> = call.path.trim_matches('/').split('/').collect();
        match (call.method.as_str(), parts.as_slice()) {
            ("GET", ["pay", id]) => self.pay_page(id, 200, None),
            ("POST", ["pay", id]) => self.pay(id, &form::tree(&call.body)),
            // As localstripe has it.
            ("POST", ["_config", "webhooks", name]) => self.register(name, call),
            _ => Err(Refusal::new(404, "", "There is no such page.")),
        }
    }

    fn register(&self, name: &str, call: &Call) -> Answer {
        let params = match serde_json::from_str(&call.body) {
            Ok(Value::Object(params)) => params,
            _ => form::tree(&call.body),
        };
        let needed = |field: &str| form::text(&params, field).ok_or_else(|| Refusal::missing(field));
        let events = params
            .get("events")
            .and_then(Value::as_array)
            .map(|events| events.iter().filter_map(|event| event.as_str().map(str::to_owned)).collect());
        let (url, secret) = (needed("url")?.to_owned(), needed("secret")?.to_owned());
        self.hooks.add(name, crate::Webhook { url, secret, events });
        Ok(Reply::ok(json!({})))
    }

    fn route(self: &Arc<Self>, call: &Call) -> Answer {
        let parts: Vec<&str> = call.path.trim_matches('/').split('/').skip(1).collect();
        let (params, expand) = call.params();
        if call.caller == Caller::Browser {
            return self.browser(call, &parts, &params);
        }
        let mut object = match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["payment_intents"]) => self.create_intent(params)?,
            ("POST", ["payment_intents", id]) => self.update_intent(id, params)?,
            ("POST", ["payment_intents", id, "confirm"]) => self.confirm_intent(id, params)?,
            ("POST", ["payment_intents", id, "cancel"]) => self.cancel_intent(id, &params)?,
            ("POST", ["payment_methods"]) => self.create_method(params)?,
            ("GET", ["payment_methods", id]) => self.method(id)?,
            ("POST", ["refunds"]) => self.create_refund(params)?,
            ("GET", [kind]) if self.lists(kind) => self.list(kind, &params, &expand)?,
            ("GET", ["events", id]) => self.event(id)?,
            ("POST", ["checkout", "sessions"]) => self.create_session(&params, &expand)?,
            ("GET", ["checkout", "sessions"]) => self.list_sessions(&params)?,
            ("GET", ["checkout", "sessions", id]) => self.session(id, &expand)?,
            ("GET", ["checkout", "sessions", id, "line_items"]) => self.session_lines(id)?,
            ("POST", ["checkout", "sessions", id, "expire"]) => self.expire_session(id)?,
            _ => self.pass(call)?,
        };
        self.extras.shape(&mut object, &expand);
        Ok(Reply::ok(object))
    }

    /// What Stripe.js may do with the publishable key.
    fn browser(self: &Arc<Self>, call: &Call, parts: &[&str], params: &Tree) -> Answer {
        let mut params = params.clone();
        let secret = params.remove("client_secret");
        let mut object = match (call.method.as_str(), parts) {
            ("POST", ["payment_methods"]) => self.create_method(params)?,
            ("POST", ["tokens"]) => self.pass(call)?,
            ("GET", ["payment_intents", id]) => self.intent_of(id, secret)?,
            ("POST", ["payment_intents", id, "confirm"]) => {
                self.intent_of(id, secret)?;
                self.confirm_intent(id, params)?
            }
            _ => {
                let why = "This API call cannot be made with a publishable API key.";
                return Err(Refusal::new(401, "secret_key_required", why));
            }
        };
        self.extras.shape(&mut object, &[]);
        Ok(Reply::ok(object))
    }

    fn intent_of(&self, id: &str, secret: Option<Value>) -> Answer<Value> {
        let intent = self.upstream.get(&format!("/v1/payment_intents/{}", form::escaped(id)))?;
        if secret.as_ref() != Some(&intent["client_secret"]) {
            let why = "The client_secret provided does not match the client_secret on the PaymentIntent.";
            return Err(Refusal::bad("payment_intent_invalid_parameter", why));
        }
        Ok(intent)
    }

    /// As localstripe answers it.
    fn pass(&self, call: &Call) -> Answer<Value> {
        let query = if call.query.is_empty() { String::new() } else { format!("?{}", call.query) };
        let path = format!("{}{query}", call.path);
        match call.method.as_str() {
            "GET" => self.upstream.get(&path),
            "POST" => self.upstream.post_form(&path, &call.body),
            "DELETE" => self.upstream.delete(&path),
            _ => Err(Refusal::new(405, "", "Method Not Allowed")),
        }
    }
}

/// Those who answer. Dropping it ends them.
pub struct Threads(Arc<Server>);

impl Threads {
    pub fn start(listener: TcpListener, layer: &Arc<Layer>) -> std::io::Result<Self> {
        let server = Arc::new(Server::from_listener(listener, None).map_err(std::io::Error::other)?);
        for _ in 0..WORKERS {
            let (server, layer) = (Arc::clone(&server), Arc::clone(layer));
            std::thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    serve(&layer, request);
                }
            });
        }
        let sessions = Arc::downgrade(layer);
        std::thread::spawn(move || {
            while let Some(layer) = sessions.upgrade() {
                layer.work_alone(|| layer.expire_what_is_over());
                drop(layer);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        Ok(Self(server))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for _ in 0..WORKERS {
            self.0.unblock();
        }
    }
}

fn serve(layer: &Arc<Layer>, mut request: Request) {
    let mut body = String::new();
    let read = std::io::Read::read_to_string(request.as_reader(), &mut body);
    let reply = match read {
        Ok(_) => layer.answer(&call(&request, body)).unwrap_or_else(Reply::from),
        Err(_) => Refusal::bad("", "The body is no text.").into(),
    };
    // A client that goes away is no concern of ours.
    let _ = request.respond(response(reply));
}

fn call(request: &Request, body: String) -> Call {
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let header = |name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map(|header| header.value.as_str().to_owned())
    };
    Call {
        method: request.method().to_string(),
        path: path.to_owned(),
        query: query.to_owned(),
        caller: caller(header("authorization").as_deref(), if body.is_empty() { query } else { &body }),
        key: header("idempotency-key").filter(|key| !key.is_empty()),
        body,
    }
}

/// By the key, which stands in the header or, for browsers, among the parameters.
fn caller(authorization: Option<&str>, params: &str) -> Caller {
    let among = form::tree(params);
    let bearer = authorization.and_then(|text| text.strip_prefix("Bearer ")).map(str::to_owned);
    // `curl -u sk_test_…:`
    let basic = authorization.and_then(|text| text.strip_prefix("Basic ")).and_then(user);
    match bearer.or(basic).as_deref().or(form::text(&among, "key")).unwrap_or_default().trim() {
        key if key.starts_with("sk_test_") => Caller::Account,
        key if key.starts_with("pk_test_") => Caller::Browser,
        _ => Caller::Nobody,
    }
}

fn user(basic: &str) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(basic).ok()?).ok()?;
    pair.split_once(':').map(|(user, _)| user.to_owned())
}

fn response(reply: Reply) -> Response<std::io::Cursor<Vec<u8>>> {
    let (kind, body, location) = match reply.body {
        Body::Json(value) => ("application/json", value.to_string(), None),
        Body::Html(page) => ("text/html; charset=utf-8", page, None),
        Body::Elsewhere(url) => ("text/plain", String::new(), Some(url)),
    };
    let headers = [
        ("Content-Type", Some(kind.to_owned())),
        ("Location", location),
        ("Idempotent-Replayed", reply.replayed.then(|| "true".to_owned())),
    ];
    let mut response = Response::from_data(body.into_bytes()).with_status_code(reply.status);
    for (name, value) in headers {
        if let Some(Ok(header)) = value.map(|value| Header::from_bytes(name, value)) {
            response.add_header(header);
        }
    }
    response
}
