//! POST /auth/otp/request: somebody who is signed in asks for a code, to prove a phone or once more who they are.
//!
//! One in 30 s. Who has an authenticator app uses its code to prove who they are: nothing is sent.

use identity::Identity;
use identity::step_up::{CodeSent, CodeWish};
use kernel::Result;
use web::{Accepted, Action, App, Body, Caller, Function, Grant, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("codes", 5, Per::Caller);

pub fn endpoint() -> impl Function {
    post("/auth/otp/request", handle)
        .user()
        .limit(LIMIT)
        .grants([Grant::Table(&[Action::BatchGet, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Identity>, caller: Caller, body: Body<CodeWish>) -> Result<Accepted<CodeSent>> {
    app.request_code(&caller, &body).await
}
