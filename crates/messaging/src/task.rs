//! Work that an operator asks for, by invoking the function: no path of the public API leads to it.

use std::future::Future;

use kernel::{Result, time};
use platform::describe::{Description, Function, Grant, Kind, SchemaOf};
use platform::log::Line;
use platform::{App, Aws, StartError, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The wish of a task that asks for nothing in particular: `{}`.
#[derive(Debug, Clone, Copy, serde::Deserialize, JsonSchema)]
pub struct Nothing {}

/// What takes a wish and answers it.
pub struct Task<S, Wish, H> {
    handler: H,
    grants: Vec<Grant>,
    types: std::marker::PhantomData<fn() -> (S, Wish)>,
}

/// `cargo xtask invoke` calls it.
pub fn task<S, Wish, Done, H, Fut>(handler: H) -> Task<S, Wish, H>
where
    S: State,
    H: Fn(App<S>, Wish) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Done>> + Send,
{
    Task { handler, grants: Vec::new(), types: std::marker::PhantomData }
}

impl<S, Wish, H> Task<S, Wish, H> {
    pub fn grants<const N: usize>(mut self, grants: [Grant; N]) -> Self {
        self.grants.extend(grants);
        self
    }
}

impl<S, Wish, Done, H, Fut> Function for Task<S, Wish, H>
where
    S: State,
    Wish: DeserializeOwned + JsonSchema + Send + 'static,
    Done: Serialize + Send + 'static,
    H: Fn(App<S>, Wish) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Done>> + Send,
{
    type State = S;
    type Event = Wish;
    type Answer = Done;

    async fn start(&self, aws: &Aws) -> Result<S, StartError> {
        S::start(aws).await
    }

    fn describe(&self) -> Description {
        let event: SchemaOf = |generator| generator.subschema_for::<Wish>();
        let mut description = Description::of(Kind::Task { event });
        description.grants.clone_from(&self.grants);
        description.timeout = time::seconds(60);
        description
    }

    async fn handle(&self, app: &'static S, wish: Wish, line: &mut Line) -> Result<Done> {
        // Boxed: the compiler gives up on types as deep as a handler's with everything around it.
        let done = Box::pin((self.handler)(App(app), wish)).await?;
        line.outcome("ok");
        Ok(done)
    }
}
