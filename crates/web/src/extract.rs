//! The typed arguments of a handler: each says how it is read and how it is documented.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::str::FromStr;
use std::time::Duration;

use deserr::Deserr;
use kernel::query::{Parameters, Params};
use kernel::text::Invalid;
use kernel::{Failure, FieldErrors, Permission, Problem, Result, Role, Timestamp, UserId, time};
use platform::describe::{Http, Parameter, Shape};
use schemars::JsonSchema;
use serde_json::Value;

use crate::{Once, Request};

/// An argument of a handler.
pub trait FromRequest: Sized + Send {
    /// Whether the handler needs to know who is asking.
    const CALLER: Need = Need::No;
    /// Whether the handler honours `Idempotency-Key`.
    const ONCE: bool = false;
    /// Whether the handler reads query parameters.
    const QUERY: bool = false;

    fn from_request(request: &mut Request) -> Result<Self>;

    fn describe(http: &mut Http);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    No,
    Optional,
    Yes,
}

/// Who is asking: signed in, with a live session. There is no other way to get one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub user_id: UserId,
    pub session_id: String,
    pub roles: Vec<Role>,
    /// What the account's group allows beyond its roles.
    pub permissions: Vec<Permission>,
    /// When they last proved who they are.
    pub authenticated_at: Timestamp,
}

/// How long after a proof one may do what cannot be undone.
const FRESH: Duration = time::minutes(5);

pub const CONFIRM_FIRST: Problem = Problem::new("confirm-first", 403, "Prove again that it is you");

impl Caller {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn is_admin(&self) -> bool {
        self.is(Role::Admin)
    }

    /// Administrators may everything (spec README, conventions).
    pub fn may(&self, permission: Permission) -> bool {
        self.is_admin() || self.permissions.contains(&permission)
    }

    /// Refuses whoever may only have found an open session.
    pub fn must_be_fresh(&self) -> Result<()> {
        if self.authenticated_at + FRESH > time::now() {
            return Ok(());
        }
        Err(CONFIRM_FIRST.because("Send your password to `POST /auth/confirm` and use the token it answers."))
    }

    /// Whether the caller acts on themselves or as an administrator.
    pub fn owns(&self, user: UserId) -> bool {
        self.user_id == user || self.is_admin()
    }
}

impl FromRequest for Caller {
    const CALLER: Need = Need::Yes;

    fn from_request(request: &mut Request) -> Result<Self> {
        request.caller.clone().ok_or_else(not_signed_in)
    }

    fn describe(_: &mut Http) {}
}

impl FromRequest for Option<Caller> {
    const CALLER: Need = Need::Optional;

    fn from_request(request: &mut Request) -> Result<Self> {
        Ok(request.caller.clone())
    }

    fn describe(_: &mut Http) {}
}

pub(crate) fn not_signed_in() -> Failure {
    Problem::NOT_SIGNED_IN.because("Send a valid access token: `Authorization: Bearer …`.")
}

/// What was asked for, for the answer that there is no such thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// At most 200 characters of it.
    pub path: String,
}

impl FromRequest for Asked {
    fn from_request(request: &mut Request) -> Result<Self> {
        let path = request.path.chars().take(200).collect();
        Ok(Self { method: request.method.clone(), path })
    }

    fn describe(_: &mut Http) {}
}

/// Where the request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub address: String,
    /// At most 200 characters of what the client calls itself.
    pub user_agent: String,
}

impl FromRequest for Client {
    fn from_request(request: &mut Request) -> Result<Self> {
        let agent = request.header("user-agent").unwrap_or_default();
        Ok(Self { address: request.address.clone(), user_agent: agent.chars().take(200).collect() })
    }

    fn describe(_: &mut Http) {}
}

/// What the browser kept for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookies(pub String);

impl Cookies {
    pub fn get(&self, name: &str) -> Option<&str> {
        let pairs = self.0.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }
}

impl FromRequest for Cookies {
    fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.header("cookie").unwrap_or_default().to_owned()))
    }

    fn describe(_: &mut Http) {}
}

/// The body as it came, byte by byte, for what is signed.
#[derive(Debug, Clone)]
pub struct Raw {
    pub body: Vec<u8>,
    headers: BTreeMap<String, String>,
}

impl Raw {
    /// A header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

impl FromRequest for Raw {
    fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self { body: std::mem::take(&mut request.body), headers: request.headers.clone() })
    }

    fn describe(_: &mut Http) {}
}

impl FromRequest for Once {
    const ONCE: bool = true;

    fn from_request(request: &mut Request) -> Result<Self> {
        Ok(std::mem::take(&mut request.once))
    }

    fn describe(http: &mut Http) {
        http.idempotent = true;
    }
}

/// The JSON body: every broken field is named at once, unknown ones are refused.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T> Deref for Body<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Deserr<FieldErrors> + JsonSchema + Send> FromRequest for Body<T> {
    fn from_request(request: &mut Request) -> Result<Self> {
        let kind = request.header("content-type").unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Problem::NOT_JSON.because("Set `Content-Type: application/json`."));
        }
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|error| Failure::field("", format!("is not JSON: {error}")))?;
        Ok(Self(deserr::deserialize::<T, _, FieldErrors>(body)?))
    }

    fn describe(http: &mut Http) {
        http.body = Some(|generator| generator.subschema_for::<T>());
    }
}

/// The next `{parameter}` of the path: a handler takes as many as the path has, in their order.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: FromStr<Err = Invalid> + JsonSchema + Send> FromRequest for Path<T> {
    fn from_request(request: &mut Request) -> Result<Self> {
        let value = request.parameters.pop_front().unwrap_or_default();
        // A malformed id names nothing that exists.
        value.parse().map(Self).map_err(|_| Failure::not_found("thing"))
    }

    fn describe(http: &mut Http) {
        let path = http.routes.first().map(|route| route.path.clone()).unwrap_or_default();
        let taken = http.parameters.iter().filter(|parameter| parameter.place == "path").count();
        let name = path.split(['{', '}']).nth(2 * taken + 1).unwrap_or_default().to_owned();
        assert!(!name.is_empty(), "{path} has no {{parameter}} number {}", taken + 1);
        http.parameters.push(Parameter {
            description: format!("The {}.", name.replace('_', " ")),
            name,
            place: "path",
            required: true,
            explode: true,
            schema: Shape::Of(|generator| generator.subschema_for::<T>()),
        });
    }
}

/// The query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Parameters + Send> FromRequest for Query<T> {
    const QUERY: bool = true;

    fn from_request(request: &mut Request) -> Result<Self> {
        let mut params = Params::new(std::mem::take(&mut request.query));
        let read = T::take(&mut params);
        params.finish(Self(read))
    }

    fn describe(http: &mut Http) {
        http.parameters.extend(T::parameters().into_iter().map(|parameter| Parameter {
            name: parameter.name,
            place: "query",
            required: parameter.required,
            description: parameter.description,
            explode: parameter.explode,
            schema: Shape::Is(parameter.schema),
        }));
    }
}
