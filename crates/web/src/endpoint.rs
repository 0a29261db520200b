//! The description of an endpoint, and the way every request takes through it.

use std::marker::PhantomData;
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::{HeaderMap, HeaderName, HeaderValue};
use kernel::{Failure, FieldErrors, Permission, Problem, Result, Role};
use platform::describe::{Access, Action, Description, Function, Grant, Http, Kind, Route};
use platform::invocation::{self, Invocation};
use platform::log::Line;
use platform::{App, Aws, StartError, State, config};
use store::Table;

use crate::extract::{Asked, Need, not_signed_in};
use crate::limit::{self, Allowance, Limit, Limiter};
use crate::once::Begun;
use crate::sessions::Sessions;
use crate::{Handler, NoContent, Once, Reply, Request, Response, problem};

/// Where all paths begin.
pub const BASE: &str = "/api/v1";

/// An HTTP endpoint: one handler and what may be done to it.
pub struct Endpoint<S, A, H> {
    handler: H,
    routes: Vec<Route>,
    access: Option<Access>,
    limited: Limited,
    max_body: usize,
    calls: u32,
    memory: u32,
    timeout: Duration,
    grants: Vec<Grant>,
    problems: Vec<Problem>,
    types: PhantomData<fn() -> (S, A)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limited {
    /// By the limits that hold everywhere.
    Default,
    By(Limit),
    Not,
}

macro_rules! methods {
    ($($name:ident $method:literal)*) => {$(
        #[doc = concat!("`", $method, "` on a path below `/api/v1`.")]
        pub fn $name<S, A, H: Handler<S, A>>(path: &str, handler: H) -> Endpoint<S, A, H> {
            Endpoint::new($method, format!("{BASE}{path}"), handler)
        }
    )*};
}

methods! { get "GET" post "POST" put "PUT" patch "PATCH" delete "DELETE" }

impl<S, A, H: Handler<S, A>> Endpoint<S, A, H> {
    fn new(method: &'static str, path: String, handler: H) -> Self {
        Self {
            handler,
            routes: vec![Route { method, path }],
            access: None,
            limited: Limited::Default,
            max_body: 10 * 1024,
            calls: 0,
            memory: Description::MEMORY,
            timeout: Description::TIMEOUT,
            grants: Vec::new(),
            problems: Vec::new(),
            types: PhantomData,
        }
    }

    /// One more route of the same use case, with its whole path.
    pub fn also(mut self, method: &'static str, path: &str) -> Self {
        self.routes.push(Route { method, path: path.to_owned() });
        self
    }

    /// The whole path, for what must not stand below `/api/v1`.
    pub fn at(mut self, path: &str) -> Self {
        self.routes[0].path = path.to_owned();
        self
    }

    /// Anybody. With an `Option<Caller>` it shows more to who is signed in.
    pub fn public(mut self) -> Self {
        self.access = Some(match H::CALLER {
            Need::Optional => Access::Optional,
            _ => Access::Public,
        });
        self
    }

    /// Any signed-in account.
    pub fn user(mut self) -> Self {
        self.access = Some(Access::User);
        self
    }

    /// Accounts with one of these roles.
    pub fn roles<const N: usize>(mut self, roles: [Role; N]) -> Self {
        self.access = Some(Access::Roles(roles.into()));
        self
    }

    /// Administrators, and accounts whose group allows it.
    pub fn permission(mut self, permission: Permission) -> Self {
        self.access = Some(Access::Permission(permission));
        self
    }

    /// A limit of its own instead of the one that holds everywhere.
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limited = Limited::By(limit);
        self
    }

    /// No limit but the edge's: for answers that cost nothing.
    pub fn unlimited(mut self) -> Self {
        self.limited = Limited::Not;
        self
    }

    /// Bytes; 10 KB unless said otherwise.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// AWS calls of a successful warm request, everything included.
    pub fn calls(mut self, calls: u32) -> Self {
        self.calls = calls;
        self
    }

    /// For work that computes more than it waits, such as hashing a password.
    pub fn one_core(mut self) -> Self {
        self.memory = Description::ONE_CORE;
        self
    }

    /// For work that waits for others than AWS. API Gateway waits for 30 s at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub fn grants<const N: usize>(mut self, grants: [Grant; N]) -> Self {
        self.grants.extend(grants);
        self
    }

    /// What it may answer beside the common problems.
    pub fn problems<const N: usize>(mut self, problems: [Problem; N]) -> Self {
        self.problems.extend(problems);
        self
    }

    fn access(&self) -> Access {
        let route = &self.routes[0].path;
        let access = self.access.clone();
        let access = access.unwrap_or_else(|| panic!("{route}: say .public(), .user() or .roles([…])"));
        let signed_in = !matches!(access, Access::Public | Access::Optional);
        assert!(signed_in || H::CALLER != Need::Yes, "{route}: a Caller, yet .public()");
        access
    }
}

/// The answer to every path that no other endpoint of the context serves.
pub fn not_found() -> Endpoint<(), (Asked,), impl Handler<(), (Asked,)>> {
    Endpoint::new("ANY", "$default".into(), no_such_path).public().unlimited()
}

async fn no_such_path(_: App<()>, asked: Asked) -> Result<NoContent> {
    Err(Problem::NOT_FOUND.because(format!("There is no {} {}.", asked.method, asked.path)))
}

/// What stands before the handler.
pub struct Guarded<S> {
    app: S,
    sessions: Option<Sessions>,
    table: Option<Table>,
    limiter: Option<Limiter>,
    edge: Vec<String>,
}

impl<S: State> Guarded<S> {
    /// Everything by hand, for tests in process.
    pub fn new(app: S, sessions: Option<Sessions>, table: Option<Table>) -> Self {
        let limiter = table.clone().map(Limiter::new);
        Self { app, sessions, table, limiter, edge: edge_secrets() }
    }
}

/// The secrets of which the edge must know one: the present one and, while it is rotated, the one before.
pub fn edge_secrets() -> Vec<String> {
    let both = config::optional("EDGE_SECRETS").unwrap_or_default();
    both.split(',').filter(|secret| !secret.is_empty()).map(str::to_owned).collect()
}

impl<S, A, H> Function for Endpoint<S, A, H>
where
    S: State,
    A: 'static,
    H: Handler<S, A>,
{
    type State = Guarded<S>;
    type Event = ApiGatewayV2httpRequest;
    type Answer = ApiGatewayV2httpResponse;

    async fn start(&self, aws: &Aws) -> Result<Guarded<S>, StartError> {
        let sessions = match self.access() {
            Access::Public => None,
            _ => Some(Sessions::start(aws).await?),
        };
        let table = (self.limited != Limited::Not || H::ONCE).then(|| Table::start(aws)).transpose()?;
        if let (Some(table), None) = (&table, &sessions) {
            table.connect().await?;
        }
        Ok(Guarded::new(S::start(aws).await?, sessions, table))
    }

    fn describe(&self) -> Description {
        let mut http = Http {
            routes: self.routes.clone(),
            access: self.access(),
            parameters: Vec::new(),
            body: None,
            reply: H::Reply::describe(),
            problems: self.problems.clone(),
            limit: match self.limited {
                Limited::Default => Some(limit::ANONYMOUS),
                Limited::By(limit) => Some(limit),
                Limited::Not => None,
            },
            idempotent: false,
            calls: self.calls,
            max_body: self.max_body,
        };
        H::describe(&mut http);
        let mut grants = self.grants.clone();
        if http.access != Access::Public {
            grants.push(Grant::Sessions(&[Action::BatchGet]));
        }
        if http.limit.is_some() {
            grants.push(Grant::Table(&[Action::Get, Action::Update]));
        }
        if http.idempotent {
            grants.push(Grant::Table(&[Action::Delete, Action::Put, Action::Update]));
        }
        let (memory, timeout) = (self.memory, self.timeout);
        Description { grants, memory, timeout, ..Description::of(Kind::Endpoint(Box::new(http))) }
    }

    async fn handle(
        &self,
        guarded: &'static Guarded<S>,
        event: ApiGatewayV2httpRequest,
        line: &mut Line,
    ) -> Result<ApiGatewayV2httpResponse> {
        let id = event.request_context.request_id.clone().unwrap_or_default();
        line.set("request.id", id.as_str());
        line.set("http.route", event.request_context.route_key.clone().unwrap_or_default());
        let mut response = match Request::from_event(event, &guarded.edge) {
            Ok(mut request) => self.guard(guarded, &mut request, line).await,
            Err(failure) => refused(&failure, &id, line),
        };
        line.set("http.status", response.status);
        line.metric("Faults", "Count", u32::from(response.status >= 500));
        response = response.with("x-request-id", id);
        Ok(to_lambda(response))
    }
}

impl<S: State, A: 'static, H: Handler<S, A>> Endpoint<S, A, H> {
    /// Runs the request as what it is part of, and turns a failure into its problem document.
    async fn guard(&self, guarded: &'static Guarded<S>, request: &mut Request, line: &mut Line) -> Response {
        line.set("correlation.id", request.correlation_id.as_str());
        let (mut allowance, mut once) = (None, Once::default());
        let identified = match self.identify(guarded, request).await {
            Ok(()) => self.throttle(guarded, request, &mut allowance).await,
            // Guessing at tokens costs a stranger's allowance, too.
            Err(failure) => self.throttle(guarded, request, &mut allowance).await.and(Err(failure)),
        };
        let actor = request.caller.as_ref().map(|caller| caller.user_id.to_string());
        if let Some(actor) = &actor {
            line.set("caller.id", actor.as_str());
        }
        let invocation = Invocation::new(request.correlation_id.clone()).acting(actor);
        let answer = match identified {
            Ok(()) => invocation::within(invocation, self.answer(guarded, request, &mut once)).await,
            Err(failure) => Err(failure),
        };
        let response = match answer {
            Ok(response) => {
                line.outcome("ok");
                response
            }
            Err(failure) => {
                once.release().await;
                refused(&failure, &request.id, line)
            }
        };
        let response = response.with("x-correlation-id", &request.correlation_id);
        match allowance {
            Some(allowance) => with_allowance(response, allowance),
            None => response,
        }
    }

    /// Signs the caller in and checks the role.
    async fn identify(&self, guarded: &Guarded<S>, request: &mut Request) -> Result<()> {
        let access = self.access();
        let Some(sessions) = &guarded.sessions else { return Ok(()) };
        match bearer(request) {
            Some(token) => request.caller = Some(sessions.caller(token).await?),
            None if access == Access::Optional => {}
            None => return Err(not_signed_in()),
        }
        match (access, &request.caller) {
            (Access::Roles(roles), Some(caller)) if !roles.iter().any(|role| caller.is(*role)) => {
                Err(Problem::FORBIDDEN.because("Your account does not have the role for this."))
            }
            (Access::Permission(permission), Some(caller)) if !caller.may(permission) => {
                Err(Problem::FORBIDDEN.because("Your account's group does not allow this."))
            }
            _ => Ok(()),
        }
    }

    async fn throttle(
        &self,
        guarded: &Guarded<S>,
        request: &Request,
        allowance: &mut Option<Allowance>,
    ) -> Result<()> {
        let limit = match self.limited {
            Limited::Not => return Ok(()),
            Limited::By(limit) => limit,
            Limited::Default if request.caller.is_some() => limit::SIGNED_IN,
            Limited::Default => limit::ANONYMOUS,
        };
        if let Some(limiter) = &guarded.limiter {
            let taken = limiter.take(limit, &limit::subject(limit, request)).await;
            *allowance = match &taken {
                Ok(taken) => Some(*taken),
                Err(failure) => failure.retry_after.map(|reset| Allowance { limit, remaining: 0, reset }),
            };
            taken?;
        }
        Ok(())
    }

    async fn answer(
        &self,
        guarded: &'static Guarded<S>,
        request: &mut Request,
        once: &mut Once,
    ) -> Result<Response> {
        if request.body.len() > self.max_body {
            let most = self.max_body / 1024;
            return Err(Problem::TOO_LARGE.because(format!("Send at most {most} KB.")));
        }
        if let (true, Some(table)) = (H::ONCE, &guarded.table) {
            match Once::begin(table, request).await? {
                Begun::Done(response) => return Ok(response),
                Begun::Go(begun) => once.clone_from(&begun),
            }
            request.once = once.clone();
        }
        if !H::QUERY && self.routes[0].path != "$default" {
            refuse_query(request)?;
        }
        // Boxed: the compiler gives up on types as deep as a handler's with everything around it.
        let reply = Box::pin(self.handler.call(App(&guarded.app), request)).await?;
        Ok(reply.to_response())
    }
}

fn refused(failure: &Failure, id: &str, line: &mut Line) -> Response {
    line.outcome(failure.problem.code);
    line.metric("RateLimited", "Count", u32::from(failure.problem == Problem::RATE_LIMITED));
    if let Some(cause) = failure.for_operator() {
        line.cause(cause);
    }
    problem::response(failure, id)
}

/// Parameters that nobody reads are mistakes.
fn refuse_query(request: &Request) -> Result<()> {
    let mut errors = FieldErrors::default();
    for (name, _) in &request.query {
        errors.push(name.clone(), "is not known here");
    }
    errors.or(())
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// draft-ietf-httpapi-ratelimit-headers.
fn with_allowance(response: Response, allowance: Allowance) -> Response {
    let Allowance { limit, remaining, reset } = allowance;
    let (name, count, window) = (limit.name, limit.count, limit.window.as_secs());
    let reset = reset.as_millis().div_ceil(1000);
    response
        .with("ratelimit-policy", format!("\"{name}\";q={count};w={window}"))
        .with("ratelimit", format!("\"{name}\";r={remaining};t={reset}"))
}

/// Adds what every answer carries. What has no `cache-control` of its own is nobody's to keep.
fn to_lambda(response: Response) -> ApiGatewayV2httpResponse {
    let mut headers = HeaderMap::new();
    let always = [
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
    ];
    let own = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in always.into_iter().chain(own) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    let binary = headers.contains_key("content-encoding");
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(response.status);
    answer.headers = headers;
    answer.is_base64_encoded = binary;
    answer.body = match (response.body.is_empty(), binary) {
        (true, _) => None,
        (false, true) => Some(Body::Binary(response.body)),
        (false, false) => Some(Body::Text(String::from_utf8_lossy(&response.body).into_owned())),
    };
    answer
}
