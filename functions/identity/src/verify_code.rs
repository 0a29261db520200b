//! POST /auth/otp/verify: somebody who is signed in answers with the code, and has proven a phone or who they are.

use identity::challenge::WRONG_ANSWER;
use identity::step_up::{CodeAccepted, CodeAnswer};
use identity::{ISSUES_TOKENS, Issuer};
use kernel::{Problem, Result};
use web::{Action, App, Body, Caller, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("verification", 10, Per::Caller);

pub fn endpoint() -> impl Function {
    post("/auth/otp/verify", handle)
        .user()
        .limit(LIMIT)
        .problems([WRONG_ANSWER, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put, Action::Update, Action::Delete])])
        .grants(ISSUES_TOKENS)
        .calls(4)
}

async fn handle(app: App<Issuer>, caller: Caller, body: Body<CodeAnswer>) -> Result<Json<CodeAccepted>> {
    app.verify_code(&caller, &body).await
}
