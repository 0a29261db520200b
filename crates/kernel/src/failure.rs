//! The one error type of use cases: what the client is told and what the operator is told, never mixed.

use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use serde::{Deserialize, Serialize};

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// A kind of problem, as in RFC 9457: what a client can program against.
///
/// Each has a page under `docs/problems`, named by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// Stable, kebab-case name: `username-taken`.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Short summary that never changes between occurrences.
    pub title: &'static str,
}

impl Problem {
    pub const INVALID_REQUEST: Self = Self::new("invalid-request", 400, "The request is not valid");
    pub const NOT_SIGNED_IN: Self = Self::new("not-signed-in", 401, "Sign in first");
    pub const FORBIDDEN: Self = Self::new("forbidden", 403, "Not allowed");
    pub const NOT_FOUND: Self = Self::new("not-found", 404, "Not found");
    pub const CONFLICT: Self = Self::new("conflict", 409, "Changed by somebody else meanwhile");
    pub const IN_PROGRESS: Self =
        Self::new("request-in-progress", 409, "The first request with this key is still running");
    pub const TOO_LARGE: Self = Self::new("body-too-large", 413, "The body is too large");
    pub const NOT_JSON: Self = Self::new("not-json", 415, "Send JSON");
    pub const KEY_REUSED: Self = Self::new("idempotency-key-reused", 422, "This key came with another body");
    pub const RATE_LIMITED: Self = Self::new("rate-limited", 429, "Too many requests");
    pub const INTERNAL: Self = Self::new("internal", 500, "Something went wrong on our side");
    pub const UNAVAILABLE: Self = Self::new("unavailable", 503, "Try again in a moment");

    /// The problems that any endpoint may answer; contexts add their own.
    pub const COMMON: [Self; 12] = [
        Self::INVALID_REQUEST,
        Self::NOT_SIGNED_IN,
        Self::FORBIDDEN,
        Self::NOT_FOUND,
        Self::CONFLICT,
        Self::IN_PROGRESS,
        Self::TOO_LARGE,
        Self::NOT_JSON,
        Self::KEY_REUSED,
        Self::RATE_LIMITED,
        Self::INTERNAL,
        Self::UNAVAILABLE,
    ];

    pub const fn new(code: &'static str, status: u16, title: &'static str) -> Self {
        Self { code, status, title }
    }

    /// A failure of this kind; `detail` is for the client and says what to do.
    pub fn because(self, detail: impl Into<String>) -> Failure {
        Failure { problem: self, detail: detail.into(), errors: Vec::new(), retry_after: None, aside: None }
    }
}

/// One broken field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldError {
    /// JSON pointer into the body (`/email`), or the name of a query or path parameter.
    pub pointer: String,
    /// What is wrong with it, for a person.
    pub message: String,
}

/// Why a use case did not do what was asked.
///
/// `Display` and the fields but `operator` are for the client. What only the operator may read goes
/// through [`Failure::for_operator`] into the log line and nowhere else.
#[derive(Clone)]
pub struct Failure {
    pub problem: Problem,
    pub detail: String,
    pub errors: Vec<FieldError>,
    pub retry_after: Option<Duration>,
    /// Boxed: every `Result` carries a failure's size.
    aside: Option<Box<Aside>>,
}

/// What few failures have.
#[derive(Clone, Default)]
struct Aside {
    more: Vec<(&'static str, serde_json::Value)>,
    operator: Option<Box<str>>,
}

impl Failure {
    /// A fault of ours: the client learns nothing, the operator reads `cause`.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let failure = Problem::INTERNAL
            .because("We have been told. Try again later, with the request_id if you ask us.");
        failure.with_cause(cause)
    }

    /// A dependency is busy or away: worth another try after `retry_after`.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        let failure = Problem::UNAVAILABLE.because("The service is busy. Try again in a moment.");
        failure.with_cause(cause).retry_after(Duration::from_secs(1))
    }

    /// The thing does not exist, or the caller may not know that it does.
    pub fn not_found(what: &str) -> Self {
        Problem::NOT_FOUND.because(format!("There is no such {what}."))
    }

    /// One broken field.
    pub fn field(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        FieldErrors::one(pointer, message).into()
    }

    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Adds a member to the problem document, such as how many seats are left.
    pub fn with(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.aside.get_or_insert_default().more.push((name, value.into()));
        self
    }

    /// Adds what only the operator may read.
    pub fn with_cause(mut self, cause: impl fmt::Display) -> Self {
        self.aside.get_or_insert_default().operator = Some(cause.to_string().into());
        self
    }

    /// What only the operator may read.
    pub fn for_operator(&self) -> Option<&str> {
        self.aside.as_ref()?.operator.as_deref()
    }

    /// Members of the problem document beside the common ones, for programs.
    pub fn more(&self) -> &[(&'static str, serde_json::Value)] {
        self.aside.as_ref().map_or(&[], |aside| &aside.more)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem.code, self.detail)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        for error in &self.errors {
            write!(f, "; {} {}", error.pointer, error.message)?;
        }
        match self.for_operator() {
            Some(cause) => write!(f, " (operator: {cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

/// Every broken field of a request, collected while it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    pub fn one(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![FieldError { pointer: pointer.into(), message: message.into() }])
    }

    pub fn push(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.extend(Self::one(pointer, message).0);
    }

    /// `Ok(value)` when nothing is broken.
    pub fn or<T>(self, value: T) -> Result<T> {
        if self.0.is_empty() { Ok(value) } else { Err(self.into()) }
    }
}

impl From<FieldErrors> for Failure {
    fn from(errors: FieldErrors) -> Self {
        let mut failure =
            Problem::INVALID_REQUEST.because("Correct the fields named in `errors` and send it again.");
        failure.errors = errors.0;
        failure
    }
}

impl MergeWithError<FieldErrors> for FieldErrors {
    fn merge(collected: Option<Self>, other: Self, _at: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = collected.unwrap_or_default();
        all.0.extend(other.0);
        // Going on is what names every broken field at once.
        ControlFlow::Continue(all)
    }
}

impl DeserializeError for FieldErrors {
    fn error<V: IntoValue>(
        collected: Option<Self>,
        error: ErrorKind<'_, V>,
        at: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let at = pointer(at);
        let error = match error {
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                let accepted: Vec<_> = accepted.iter().copied().map(kind_name).collect();
                let message = match actual.kind() {
                    ValueKind::Null => format!("is required, as {}", accepted.join(" or ")),
                    actual => format!("must be {}, not {}", accepted.join(" or "), kind_name(actual)),
                };
                Self::one(at, message)
            }
            ErrorKind::MissingField { field } => Self::one(format!("{at}/{}", escape(field)), "is required"),
            ErrorKind::UnknownKey { key, accepted } => Self::one(
                format!("{at}/{}", escape(key)),
                format!("is not known here; known are {}", accepted.join(", ")),
            ),
            ErrorKind::UnknownValue { accepted, .. } => {
                Self::one(at, format!("must be one of {}", accepted.join(", ")))
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                Self::one(at, format!("must have {expected} elements"))
            }
            ErrorKind::Unexpected { msg } => Self::one(at, msg),
        };
        Self::merge(collected, error, ValuePointerRef::Origin)
    }
}

fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer => "a whole number of at least 0",
        ValueKind::NegativeInteger => "a negative whole number",
        ValueKind::Float => "a number",
        ValueKind::String => "text",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    }
}

/// RFC 6901.
fn pointer(at: ValuePointerRef<'_>) -> String {
    match at {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer(*prev), escape(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use deserr::Deserr;
    use serde_json::json;

    #[derive(Debug, Deserr)]
    #[deserr(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Person {
        name: String,
        age: u8,
        tags: Vec<String>,
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        let body = json!({"name": 1, "tags": ["a", 2], "a/b": true});
        let errors = deserr::deserialize::<Person, _, FieldErrors>(body).unwrap_err();
        let mut pointers: Vec<_> = errors.0.iter().map(|e| e.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/age", "/a~1b", "/name", "/tags/1"]);
    }

    #[test]
    fn the_operators_part_is_not_in_what_the_client_reads() {
        let failure = Failure::internal("table caravan-production-identity is gone");
        assert!(!failure.to_string().contains("table"));
        assert!(failure.for_operator().unwrap().contains("table"));
    }
}
