//! PATCH /auth/password: somebody who knows their password sets another one.
//!
//! Every session ends, this one too; the answer opens a new one.

use identity::change_password::PasswordChange;
use identity::lockout::LOCKED;
use identity::proof::WRONG_PASSWORD;
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Caller, Client, Function, Grant, Json, patch};

pub fn endpoint() -> impl Function {
    patch("/auth/password", handle)
        .user()
        .problems([WRONG_PASSWORD, LOCKED])
        .grants([Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Delete,
            Action::Put,
            Action::Query,
            Action::Update,
        ])])
        .grants(ISSUES_TOKENS)
        .grants([Grant::Sessions(&[Action::Delete])])
        .calls(5)
        .one_core()
}

async fn handle(
    app: App<Issuer>,
    caller: Caller,
    client: Client,
    body: Body<PasswordChange>,
) -> Result<Json<TokenPair>> {
    app.change_password(&caller, &body, client).await
}
