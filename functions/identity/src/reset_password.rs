//! PATCH /auth/password/reset/{token}: whoever has the link from the mail sets a new password.
//!
//! The link works once, for 10 minutes. Every session ends, and the owner is signed in anew.

use identity::challenge::WRONG_ANSWER;
use identity::reset_password::{LinkToken, NewPassword};
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Path, Per, limit, patch};

const LIMIT: Limit = limit::per_quarter_hour("reset", 5, Per::Address);

pub fn endpoint() -> impl Function {
    patch("/auth/password/reset/{token}", handle)
        .also("POST", "/api/v1/auth/password/reset/{token}")
        .public()
        .limit(LIMIT)
        .problems([WRONG_ANSWER])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Put, Action::Query])])
        .grants(ISSUES_TOKENS)
        .grants([Grant::Sessions(&[Action::Delete])])
        .calls(5)
        .one_core()
}

async fn handle(
    app: App<Issuer>,
    token: Path<LinkToken>,
    client: Client,
    body: Body<NewPassword>,
) -> Result<Json<TokenPair>> {
    app.reset_password(&token, &body, client).await
}
