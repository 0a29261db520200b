//! POST /auth/oauth/exchange: the front end exchanges its one-time code for tokens, or for the question for a second factor.

use identity::challenge::WRONG_ANSWER;
use identity::oauth::OneTimeCode;
use identity::second_factor::SignIn;
use identity::{ISSUES_TOKENS, Issuer};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("verification", 10, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/oauth/exchange", handle)
        .public()
        .limit(LIMIT)
        .problems([WRONG_ANSWER])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put, Action::Delete])])
        .grants([Grant::Setting("second-factor-roles")])
        .grants(ISSUES_TOKENS)
        .calls(3)
}

async fn handle(app: App<Issuer>, client: Client, body: Body<OneTimeCode>) -> Result<Json<SignIn>> {
    app.exchange(&body, client).await
}
