//! POST /auth/login/resend-code: whoever knows the password asks for a new code; the old one is void.

use identity::challenge::WRONG_ANSWER;
use identity::register::Notice;
use identity::second_factor::SecondQuestion;
use identity::{ISSUES_TOKENS, Issuer};
use kernel::Result;
use web::{Accepted, Action, App, Body, Function, Grant, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("resend", 5, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/login/resend-code", handle)
        .public()
        .limit(LIMIT)
        .problems([WRONG_ANSWER])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .grants(ISSUES_TOKENS)
        .calls(3)
}

async fn handle(app: App<Issuer>, body: Body<SecondQuestion>) -> Result<Accepted<Notice>> {
    app.resend_code(&body).await
}
