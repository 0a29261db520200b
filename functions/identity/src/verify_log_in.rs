//! POST /auth/login/verify: whoever knows the password answers with a code, from the mail or the app, or a backup code.
//!
//! A challenge takes five answers; each code counts once.

use identity::challenge::WRONG_ANSWER;
use identity::lockout::LOCKED;
use identity::second_factor::SecondAnswer;
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::{Problem, Result};
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("verification", 10, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/login/verify", handle)
        .also("POST", "/api/auth/login/verify")
        .public()
        .limit(LIMIT)
        .problems([WRONG_ANSWER, LOCKED, Problem::CONFLICT])
        .grants([Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Put,
            Action::Update,
            Action::Delete,
        ])])
        .grants(ISSUES_TOKENS)
        .calls(4)
}

async fn handle(app: App<Issuer>, client: Client, body: Body<SecondAnswer>) -> Result<Json<TokenPair>> {
    app.verify_log_in(&body, client).await
}
