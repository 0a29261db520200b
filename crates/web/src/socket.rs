//! WebSocket: who may connect, and what arrives on the routes of the socket API.

use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;

use kernel::{Result, UserId, time};
use platform::describe::{Action, Description, Function, Grant, Kind};
use platform::log::Line;
use platform::{App, Aws, StartError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sessions::Sessions;

/// Decides who may open a socket: whoever holds a good access token.
///
/// Browsers cannot set headers on a socket, so the token may also come as a subprotocol
/// (`new WebSocket(url, ["caravan", token])`). It is never read from the query string, which ends up in logs.
pub struct ConnectAuthorizer;

/// The authorizer of the socket API's `$connect` route.
pub fn connect_authorizer() -> ConnectAuthorizer {
    ConnectAuthorizer
}

/// The part of the authorizer's event that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    method_arn: String,
    #[serde(default)]
    headers: Headers,
}

/// The subprotocol that a client offers beside its token, and that the server picks.
pub const SUBPROTOCOL: &str = "caravan";

/// Where a client offers subprotocols, and the server says which it picked.
const PROTOCOLS: &str = "Sec-WebSocket-Protocol";

type Headers = BTreeMap<String, String>;

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// The subprotocols that a client offers.
fn offered(headers: &Headers) -> impl Iterator<Item = &str> {
    header(headers, PROTOCOLS).unwrap_or_default().split(',').map(str::trim)
}

impl ConnectRequest {
    fn token(&self) -> Option<&str> {
        if let Some((scheme, token)) =
            header(&self.headers, "authorization").and_then(|value| value.split_once(' '))
        {
            return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim());
        }
        let mut offered = offered(&self.headers);
        offered.next().filter(|first| *first == SUBPROTOCOL)?;
        offered.next()
    }
}

impl Function for ConnectAuthorizer {
    type State = Sessions;
    type Event = ConnectRequest;
    type Answer = Value;

    async fn start(&self, aws: &Aws) -> Result<Sessions, StartError> {
        Sessions::start(aws).await
    }

    fn describe(&self) -> Description {
        let grants = vec![Grant::Sessions(&[Action::BatchGet])];
        Description { grants, ..Description::of(Kind::Authorizer) }
    }

    /// Answers with a policy, because WebSocket APIs do not know the simple form.
    async fn handle(
        &self,
        sessions: &'static Sessions,
        request: ConnectRequest,
        line: &mut Line,
    ) -> Result<Value> {
        let caller = match request.token() {
            Some(token) => sessions.caller(token).await,
            None => Err(crate::extract::not_signed_in()),
        };
        let policy = |effect: &str| {
            json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": request.method_arn,
                }],
            })
        };
        Ok(match caller {
            Ok(caller) => {
                line.outcome("ok");
                line.set("caller.id", caller.user_id.to_string());
                json!({
                    "principalId": caller.user_id,
                    "policyDocument": policy("Allow"),
                    "context": {"user_id": caller.user_id, "session_id": caller.session_id},
                })
            }
            Err(failure) => {
                line.outcome(failure.problem.code);
                json!({"principalId": "nobody", "policyDocument": policy("Deny")})
            }
        })
    }
}

/// What arrives on a route.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    request_context: SocketContext,
    /// Of the handshake; messages have none.
    #[serde(default)]
    headers: Option<Headers>,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketContext {
    connection_id: String,
    route_key: String,
    #[serde(default)]
    authorizer: Option<Principal>,
}

#[derive(Debug, Clone, Deserialize)]
struct Principal {
    #[serde(default)]
    user_id: Option<UserId>,
    #[serde(default)]
    session_id: Option<String>,
}

/// A message, or the begin or end of a connection, as the handler gets it.
#[derive(Debug, Clone)]
pub struct Frame {
    pub connection_id: String,
    /// Who connected, as the authorizer found out.
    pub user_id: Option<UserId>,
    pub session_id: Option<String>,
    pub body: String,
}

/// API Gateway only looks at the status, and at the subprotocol on `$connect`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketAnswer {
    status_code: u16,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'static str, &'static str>,
}

impl SocketAnswer {
    /// Browsers close a connection whose server picked none of the subprotocols they offered.
    fn to(handshake: &Headers) -> Self {
        let picked = offered(handshake).find(|name| *name == SUBPROTOCOL);
        Self { status_code: 200, headers: picked.map(|_| (PROTOCOLS, SUBPROTOCOL)).into_iter().collect() }
    }
}

/// A route of the socket API.
pub struct Socket<S, H> {
    route: &'static str,
    handler: H,
    grants: Vec<Grant>,
    state: PhantomData<fn() -> S>,
}

/// `route` is `$connect`, `$disconnect`, `$default` or the value of a message's `action`.
pub fn socket<S, H, Fut>(route: &'static str, handler: H) -> Socket<S, H>
where
    S: 'static,
    H: Fn(App<S>, Frame) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    Socket { route, handler, grants: Vec::new(), state: PhantomData }
}

impl<S, H> Socket<S, H> {
    pub fn grants<const N: usize>(mut self, grants: [Grant; N]) -> Self {
        self.grants.extend(grants);
        self
    }
}

impl<S, H, Fut> Function for Socket<S, H>
where
    S: State,
    H: Fn(App<S>, Frame) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    type State = S;
    type Event = SocketEvent;
    type Answer = SocketAnswer;

    async fn start(&self, aws: &Aws) -> Result<S, StartError> {
        S::start(aws).await
    }

    fn describe(&self) -> Description {
        let kind = Kind::Socket { route: self.route };
        Description { grants: self.grants.clone(), timeout: time::seconds(10), ..Description::of(kind) }
    }

    async fn handle(&self, app: &'static S, event: SocketEvent, line: &mut Line) -> Result<SocketAnswer> {
        let context = event.request_context;
        let principal = context.authorizer;
        line.set("socket.route", context.route_key);
        let frame = Frame {
            connection_id: context.connection_id,
            user_id: principal.as_ref().and_then(|principal| principal.user_id),
            session_id: principal.and_then(|principal| principal.session_id),
            body: event.body.unwrap_or_default(),
        };
        if let Some(user) = frame.user_id {
            line.set("caller.id", user.to_string());
        }
        Box::pin((self.handler)(App(app), frame)).await?;
        line.outcome("ok");
        Ok(SocketAnswer::to(&event.headers.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: Value) -> ConnectRequest {
        serde_json::from_value(json!({"methodArn": "arn", "headers": headers})).unwrap()
    }

    #[test]
    fn the_token_comes_in_a_header_or_as_a_subprotocol_and_nowhere_else() {
        assert_eq!(request(json!({"Authorization": "Bearer abc"})).token(), Some("abc"));
        assert_eq!(request(json!({"Sec-WebSocket-Protocol": "caravan, abc"})).token(), Some("abc"));
        assert_eq!(request(json!({"Sec-WebSocket-Protocol": "other, abc"})).token(), None);
        assert_eq!(request(json!({"Authorization": "Basic abc"})).token(), None);
        assert_eq!(request(json!({})).token(), None);
    }

    #[test]
    fn the_subprotocol_is_picked_when_it_was_offered() {
        let answer =
            |headers: Value| serde_json::to_value(SocketAnswer::to(&request(headers).headers)).unwrap();
        assert_eq!(
            answer(json!({"sec-websocket-protocol": "caravan, abc"})),
            json!({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "caravan"}})
        );
        assert_eq!(answer(json!({"Sec-WebSocket-Protocol": "abc"})), json!({"statusCode": 200}));
        assert_eq!(answer(json!({})), json!({"statusCode": 200}));
    }
}
