//! POST /auth/mfa/disable: somebody turns the second factor off, with the password and a code.

use identity::challenge::WRONG_ANSWER;
use identity::lockout::LOCKED;
use identity::mfa::{FACTOR_OFF, TurnOff};
use identity::{ISSUES_TOKENS, Issuer};
use kernel::{Problem, Result};
use web::{Action, App, Body, Caller, Client, Function, Grant, Limit, NoContent, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("verification", 10, Per::Caller);

pub fn endpoint() -> impl Function {
    post("/auth/mfa/disable", handle)
        .user()
        .limit(LIMIT)
        .problems([WRONG_ANSWER, LOCKED, FACTOR_OFF, Problem::CONFLICT])
        .grants([Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Put,
            Action::Update,
            Action::Delete,
        ])])
        .grants(ISSUES_TOKENS)
        .calls(4)
        .one_core()
}

async fn handle(app: App<Issuer>, caller: Caller, client: Client, body: Body<TurnOff>) -> Result<NoContent> {
    app.disable_factor(&caller, &body, &client).await
}
