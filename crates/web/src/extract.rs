//! The typed arguments of a handler: each says how it is read and how it is documented.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::str::FromStr;

use deserr::Deserr;
use kernel::text::Invalid;
use kernel::{Failure, FieldErrors, Problem, Result, Role, UserId};
use platform::describe::{Http, Parameter};
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
}

impl Caller {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
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

/// The only `{parameter}` of the path.
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
        let value = request.parameters.values().next().map(String::as_str).unwrap_or_default();
        // A malformed id names nothing that exists.
        value.parse().map(Self).map_err(|_| Failure::not_found("thing"))
    }

    fn describe(http: &mut Http) {
        let path = http.routes.first().map(|route| route.path.clone()).unwrap_or_default();
        let name = path.split(['{', '}']).nth(1).unwrap_or_default().to_owned();
        http.parameters.push(Parameter {
            description: format!("The {name}."),
            name,
            place: "path",
            required: true,
            schema: |generator| generator.subschema_for::<T>(),
        });
    }
}

/// The query parameters, as a struct of which every field is text or a type read from text.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Deserr<FieldErrors> + JsonSchema + Send> FromRequest for Query<T> {
    const QUERY: bool = true;

    fn from_request(request: &mut Request) -> Result<Self> {
        let pairs = std::mem::take(&mut request.query);
        let values: BTreeMap<_, _> = pairs.into_iter().collect();
        let object = values.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let read = deserr::deserialize::<T, _, FieldErrors>(Value::Object(object));
        Ok(Self(read.map_err(named_by_parameter)?))
    }

    fn describe(http: &mut Http) {
        let schema = schemars::generate::SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<T>();
        let required: Vec<_> = names(schema.get("required"));
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys())
        {
            http.parameters.push(Parameter {
                name: name.clone(),
                place: "query",
                required: required.contains(name),
                description: String::new(),
                schema: |generator| generator.subschema_for::<String>(),
            });
        }
    }
}

fn names(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|name| Some(name.as_str()?.to_owned())).collect()
}

/// Query parameters are named as such, not by a pointer.
fn named_by_parameter(mut errors: FieldErrors) -> FieldErrors {
    for error in &mut errors.0 {
        error.pointer = error.pointer.trim_start_matches('/').to_owned();
    }
    errors
}
