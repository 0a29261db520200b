//! POST /auth/mfa/verify: somebody turns the second factor on with a first code.

use identity::challenge::WRONG_ANSWER;
use identity::mfa::{FACTOR_ON, FirstCode};
use identity::{ISSUES_TOKENS, Issuer};
use kernel::{Problem, Result};
use web::{Action, App, Body, Caller, Function, Grant, NoContent, post};

pub fn endpoint() -> impl Function {
    post("/auth/mfa/verify", handle)
        .user()
        .problems([WRONG_ANSWER, FACTOR_ON, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update, Action::Delete])])
        .grants(ISSUES_TOKENS)
        .calls(4)
}

async fn handle(app: App<Issuer>, caller: Caller, body: Body<FirstCode>) -> Result<NoContent> {
    app.enable_factor(&caller, &body).await
}
