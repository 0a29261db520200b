//! POST /auth/account/reactivate: whoever closed their account comes back with their password.
//!
//! Whatever does not fit is answered alike, so that only the owner learns that there is such an account.

use identity::deactivate::Comeback;
use identity::lockout::LOCKED;
use identity::log_in::WRONG_CREDENTIALS;
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Client, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("reactivate", 5, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/account/reactivate", handle)
        .public()
        .limit(LIMIT)
        .problems([WRONG_CREDENTIALS, LOCKED])
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

async fn handle(app: App<Issuer>, client: Client, body: Body<Comeback>) -> Result<Json<TokenPair>> {
    app.reactivate(&body, client).await
}
