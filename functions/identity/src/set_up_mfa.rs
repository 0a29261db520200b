//! POST /auth/mfa/setup: somebody begins to turn a second factor on, and gets what an authenticator app needs.
//!
//! It is on after `POST /auth/mfa/verify`. Who has been signed in for long must prove again who they are.

use identity::mfa::{FACTOR_ON, Preparation, SetUp};
use identity::{ISSUES_TOKENS, Issuer};
use kernel::{Problem, Result};
use web::{Action, App, Body, CONFIRM_FIRST, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/auth/mfa/setup", handle)
        .user()
        .problems([CONFIRM_FIRST, FACTOR_ON, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put])])
        .grants(ISSUES_TOKENS)
        .calls(3)
}

async fn handle(app: App<Issuer>, caller: Caller, body: Body<SetUp>) -> Result<Json<Preparation>> {
    app.set_up_factor(&caller, &body).await
}
