//! GET /auth/oauth/{provider}: a browser goes to a provider to sign in there.
//!
//! It comes back to `…/callback`, within ten minutes. A provider that is not set up is 501.

use identity::oauth::Departures;
use identity::provider::{GOOGLE_SECRET, NOT_CONFIGURED, Provider};
use kernel::{Result, time};
use web::{Action, App, Function, Grant, Limit, Path, Per, Redirect, get, limit};

const LIMIT: Limit = limit::per_quarter_hour("oauth", 20, Per::Address);

pub fn endpoint() -> impl Function {
    get("/auth/oauth/{provider}", handle)
        .public()
        .limit(LIMIT)
        .problems([NOT_CONFIGURED])
        .grants([
            Grant::Table(&[Action::Put]),
            Grant::Secret(GOOGLE_SECRET),
            Grant::Setting("google-issuer"),
            Grant::Setting("google-client-id"),
        ])
        .calls(2)
        .timeout(time::seconds(25))
}

async fn handle(app: App<Departures>, provider: Path<Provider>) -> Result<Redirect> {
    app.depart(*provider).await
}
