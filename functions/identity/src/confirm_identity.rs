//! POST /auth/confirm: somebody who is signed in proves again that it is them.
//!
//! The answered access token is good for what cannot be undone, for five minutes.

use identity::confirm::OwnPassword;
use identity::lockout::LOCKED;
use identity::proof::WRONG_PASSWORD;
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Caller, Client, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/auth/confirm", handle)
        .user()
        .problems([WRONG_PASSWORD, LOCKED])
        .grants([Grant::Table(&[Action::BatchGet, Action::Check, Action::Get, Action::Put, Action::Update])])
        .grants(ISSUES_TOKENS)
        .calls(4)
        .one_core()
}

async fn handle(
    app: App<Issuer>,
    caller: Caller,
    client: Client,
    body: Body<OwnPassword>,
) -> Result<Json<TokenPair>> {
    app.confirm(&caller, &body, client).await
}
