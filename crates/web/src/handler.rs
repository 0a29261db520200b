//! Any `async fn(App<State>, …typed arguments) -> Result<impl Reply>` is a handler.

use std::future::Future;

use kernel::{Failure, Result};
use platform::App;
use platform::describe::Http;

use crate::extract::{FromRequest, Need};
use crate::{Reply, Request};

/// What answers a request. `Arguments` only tells the implementations apart.
pub trait Handler<State, Arguments>: Send + Sync + 'static {
    type Reply: Reply;
    const CALLER: Need;
    const ONCE: bool;
    const QUERY: bool;

    /// Reads all arguments, then does the work.
    fn call(
        &self,
        app: App<State>,
        request: &mut Request,
    ) -> impl Future<Output = Result<Self::Reply>> + Send;

    fn describe(http: &mut Http);
}

/// All that is wrong with the request at once: the broken fields of every argument, or the first
/// failure that is of another kind.
fn merged(failures: Vec<Failure>) -> Option<Failure> {
    failures.into_iter().reduce(|mut first, next| {
        if first.problem == next.problem {
            first.errors.extend(next.errors);
        }
        first
    })
}

const fn strongest(needs: &[Need]) -> Need {
    let mut at = 0;
    let mut strongest = Need::No;
    while at < needs.len() {
        match needs[at] {
            Need::Yes => return Need::Yes,
            Need::Optional => strongest = Need::Optional,
            Need::No => {}
        }
        at += 1;
    }
    strongest
}

macro_rules! handlers {
    ($(($($argument:ident),*))*) => {$(
        impl<State, Fun, Fut, Out, $($argument),*> Handler<State, ($($argument,)*)> for Fun
        where
            State: Send + Sync + 'static,
            Fun: Fn(App<State>, $($argument),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<Out>> + Send,
            Out: Reply,
            $($argument: FromRequest,)*
        {
            type Reply = Out;
            const CALLER: Need = strongest(&[$($argument::CALLER),*]);
            const ONCE: bool = false $(|| $argument::ONCE)*;
            const QUERY: bool = false $(|| $argument::QUERY)*;

            #[allow(non_snake_case, unused_variables, unused_mut)]
            async fn call(&self, app: App<State>, request: &mut Request) -> Result<Out> {
                let mut failures = Vec::new();
                $(let $argument = $argument::from_request(request)
                    .map_err(|failure| failures.push(failure));)*
                if let Some(failure) = merged(failures) {
                    return Err(failure);
                }
                match ($($argument,)*) {
                    ($(Ok($argument),)*) => self(app, $($argument),*).await,
                    #[allow(unreachable_patterns)]
                    _ => Err(Failure::internal("an argument failed without saying why")),
                }
            }

            fn describe(http: &mut Http) {
                $($argument::describe(http);)*
                let _ = http;
            }
        }
    )*};
}

handlers! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }
