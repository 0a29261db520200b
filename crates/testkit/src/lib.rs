//! What tests stand on: an account of their own in the offline cloud, a client that breaks on demand,
//! endpoints called in process, and people who are signed in.

mod cloud;
mod emulator;
mod environment;
mod faults;
mod http;
mod people;
pub mod stripe;
mod wait;

pub use cloud::{Cloud, Environment};
pub use environment::in_environment;
pub use faults::{Fault, Faults, Storm};
pub use http::{Answer, Call};
pub use people::{APP_SECRET, ISSUER, PASSWORD, People, SIGNING_SECRET, SignedIn, TOKEN_SECRET};
pub use wait::{eventually, next_millisecond};

/// A value that lives as long as the process, as a function's state does.
pub fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
