//! POST /auth/verify-email: whoever has the code or the link proves that the address is theirs.
//!
//! Each works once. It may be a new address for an account that has another one. The owner is signed in.

use identity::challenge::WRONG_ANSWER;
use identity::change_email::ADDRESS_TAKEN;
use identity::verify_email::Proof;
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("verification", 10, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/verify-email", handle)
        .public()
        .limit(LIMIT)
        .problems([WRONG_ANSWER, ADDRESS_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put, Action::Update, Action::Delete])])
        .grants(ISSUES_TOKENS)
        .calls(5)
}

async fn handle(app: App<Issuer>, client: Client, body: Body<Proof>) -> Result<Json<TokenPair>> {
    app.verify_email(&body, client).await
}
