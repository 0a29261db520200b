//! Work that is due by the clock.

use std::future::Future;
use std::time::Duration;

use kernel::{Result, time};
use platform::describe::{Description, Function, Grant, Kind};
use platform::log::Line;
use platform::{App, Aws, StartError, State};
use serde_json::Value;

/// How often, and what then.
pub struct Schedule<S, H> {
    every: Duration,
    handler: H,
    grants: Vec<Grant>,
    state: std::marker::PhantomData<fn() -> S>,
}

/// Runs `handler` again and again; it answers how many things it did. Two runs may overlap, and one may be left out: what is
/// due stands in the table and not in the clock.
pub fn every<S, H, Fut>(every: Duration, handler: H) -> Schedule<S, H>
where
    S: State,
    H: Fn(App<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<usize>> + Send,
{
    Schedule { every, handler, grants: Vec::new(), state: std::marker::PhantomData }
}

impl<S, H> Schedule<S, H> {
    pub fn grants<const N: usize>(mut self, grants: [Grant; N]) -> Self {
        self.grants.extend(grants);
        self
    }
}

impl<S, H, Fut> Function for Schedule<S, H>
where
    S: State,
    H: Fn(App<S>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<usize>> + Send,
{
    type State = S;
    type Event = Value;
    type Answer = Value;

    async fn start(&self, aws: &Aws) -> Result<S, StartError> {
        S::start(aws).await
    }

    fn describe(&self) -> Description {
        let mut description = Description::of(Kind::Schedule { every: self.every });
        description.grants.clone_from(&self.grants);
        description.timeout = time::seconds(50);
        description
    }

    async fn handle(&self, app: &'static S, _: Value, line: &mut Line) -> Result<Value> {
        // Boxed: the compiler gives up on types as deep as a handler's with everything around it.
        let done = Box::pin((self.handler)(App(app))).await?;
        line.set("schedule.done", done);
        line.outcome("ok");
        Ok(Value::from(done))
    }
}
