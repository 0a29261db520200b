//! Who asks use cases, from where, with what, and what they are answered.

use deserr::Deserr;
use kernel::{FieldErrors, Problem, Result, Role, Timestamp, UserId};
use serde_json::Value;
use web::{Caller, Client, Reply};

/// Somebody who is signed in and proved long ago who they are.
pub fn caller(user_id: UserId, roles: &[Role]) -> Caller {
    Caller {
        user_id,
        session_id: "test".into(),
        roles: roles.to_vec(),
        permissions: Vec::new(),
        authenticated_at: Timestamp::UNIX_EPOCH,
    }
}

pub fn client() -> Client {
    client_at("203.0.113.7")
}

pub fn client_at(address: &str) -> Client {
    Client { address: address.into(), user_agent: "testkit".into() }
}

/// A body as an endpoint reads it.
pub fn read<T: Deserr<FieldErrors>>(body: Value) -> T {
    deserr::deserialize::<T, _, FieldErrors>(body).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The body as the client gets it.
pub fn body(reply: &impl Reply) -> Value {
    serde_json::from_slice(&reply.to_response().body).expect("JSON")
}

/// What is wrong, or nothing.
pub fn problem<T>(answer: Result<T>) -> Option<Problem> {
    answer.err().map(|failure| failure.problem)
}
