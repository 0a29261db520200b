//! GET /auth/oauth/{provider}/callback: a browser comes back from a provider and is sent to the front end.
//!
//! The front end gets a code for `POST /auth/oauth/exchange`, or an error. Only an address that the provider has verified
//! leads to an account.

use identity::TOKEN_KEY;
use identity::challenge::WRONG_ANSWER;
use identity::oauth::{Arrival, Arrivals};
use identity::provider::{GOOGLE_SECRET, NOT_CONFIGURED, Provider};
use kernel::{Problem, Result, time};
use web::{Action, App, Cookies, Function, Grant, Limit, Path, Per, Query, Redirect, get, limit};

const LIMIT: Limit = limit::per_quarter_hour("oauth", 20, Per::Address);

pub fn endpoint() -> impl Function {
    get("/auth/oauth/{provider}/callback", handle)
        .public()
        .limit(LIMIT)
        .problems([NOT_CONFIGURED, WRONG_ANSWER, Problem::CONFLICT])
        .grants([
            Grant::Table(&[Action::BatchGet, Action::Check, Action::Delete, Action::Get, Action::Put]),
            Grant::Sessions(&[Action::Update]),
            Grant::Secret(TOKEN_KEY),
            Grant::Secret(GOOGLE_SECRET),
            Grant::Setting("google-issuer"),
            Grant::Setting("google-client-id"),
            Grant::Setting("allowed-origins"),
        ])
        .calls(6)
        .timeout(time::seconds(25))
        .one_core()
}

async fn handle(
    app: App<Arrivals>,
    provider: Path<Provider>,
    arrival: Query<Arrival>,
    cookies: Cookies,
) -> Result<Redirect> {
    app.arrive(*provider, &arrival, &cookies).await
}
