//! What tests stand on: an account of their own in the offline cloud, a client that breaks on demand,
//! endpoints called in process, people who are signed in, and messages as queues bring them.

mod callers;
mod cloud;
mod emulator;
mod environment;
mod faults;
mod files;
mod http;
mod messages;
mod people;
pub mod stripe;
mod wait;

pub use callers::{body, caller, client, client_at, problem, read};
pub use cloud::{Cloud, Environment};
pub use environment::in_environment;
pub use faults::{Fault, Faults, Storm};
pub use http::{Answer, Call};
pub use messages::{envelope, envelope_at, received, taken};
pub use people::{APP_SECRET, ISSUER, PASSWORD, People, SIGNING_SECRET, SignedIn, TOKEN_SECRET};
pub use wait::{eventually, next_millisecond};

/// A value that lives as long as the process, as a function's state does.
pub fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
