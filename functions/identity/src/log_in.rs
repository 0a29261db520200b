//! POST /auth/login: somebody signs in with an address or a username and a password.
//!
//! Where that is not enough, the answer is a challenge: `POST /auth/login/verify` takes it with a code.

use identity::lockout::LOCKED;
use identity::log_in::{Credentials, NOT_VERIFIED, WRONG_CREDENTIALS};
use identity::second_factor::SignIn;
use identity::{ISSUES_TOKENS, Issuer};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("login", 5, Per::AddressAnd("email"));

pub fn endpoint() -> impl Function {
    post("/auth/login", handle)
        .also("POST", "/api/v1/users/login")
        .also("POST", "/api/auth/login")
        .public()
        .limit(LIMIT)
        .problems([WRONG_CREDENTIALS, NOT_VERIFIED, LOCKED])
        .grants([Grant::Table(&[Action::BatchGet, Action::Check, Action::Put, Action::Update])])
        .grants([Grant::Setting("second-factor-roles")])
        .grants(ISSUES_TOKENS)
        .calls(4)
        .one_core()
}

async fn handle(app: App<Issuer>, client: Client, body: Body<Credentials>) -> Result<Json<SignIn>> {
    app.log_in(&body, client).await
}
