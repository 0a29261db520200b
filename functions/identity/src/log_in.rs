//! POST /auth/login: somebody signs in with an address or a username and a password.

use identity::lockout::LOCKED;
use identity::log_in::{Credentials, NOT_VERIFIED, WRONG_CREDENTIALS};
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("login", 5, Per::AddressAnd("email"));

pub fn endpoint() -> impl Function {
    post("/auth/login", handle)
        .public()
        .limit(LIMIT)
        .problems([WRONG_CREDENTIALS, NOT_VERIFIED, LOCKED])
        .grants([Grant::Table(&[Action::BatchGet, Action::Check, Action::Put, Action::Update])])
        .grants(ISSUES_TOKENS)
        .calls(4)
        .one_core()
}

async fn handle(app: App<Issuer>, client: Client, body: Body<Credentials>) -> Result<Json<TokenPair>> {
    app.log_in(&body, client).await
}
