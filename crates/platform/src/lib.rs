//! What a function stands on: configuration, AWS clients, the one log line, mail and text delivery,
//! and the description from which everything around the function is generated.

pub mod aws;
pub mod breaker;
pub mod config;
pub mod describe;
pub mod files;
pub mod invocation;
pub mod log;
pub mod mail;
pub mod model;
mod run;
pub mod text;

pub use aws::Aws;
pub use describe::{Described, Function, describe};
pub use run::{Exit, no_such_function, run, serve};

use std::future::Future;

/// What a function needs before its first event: clients, keys, names. Made once per environment.
pub trait State: Sized + Send + Sync + 'static {
    /// Creates only what this function uses; the connection to AWS is opened here too.
    fn start(aws: &Aws) -> impl Future<Output = Result<Self, StartError>> + Send;
}

/// Nothing to prepare.
impl State for () {
    async fn start(_: &Aws) -> Result<Self, StartError> {
        Ok(())
    }
}

/// The function's state, as its handler receives it: alive as long as the environment.
pub struct App<T: 'static>(pub &'static T);

impl<T> Clone for App<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for App<T> {}

impl<T> std::ops::Deref for App<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

/// Why a function could not start, for the operator.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;
