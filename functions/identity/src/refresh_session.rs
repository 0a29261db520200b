//! POST /auth/refresh: a client exchanges its refresh token for the next pair.
//!
//! Each refresh token works once. One that was superseded less than 30 s ago gets the current one, because
//! replies get lost; an older one ends the session.

use identity::refresh::{Exchange, NOT_REFRESHABLE};
use identity::{ISSUES_TOKENS, Issuer, TokenPair};
use kernel::Result;
use web::{Action, App, Body, Function, Grant, Json, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("refresh", 60, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/refresh", handle)
        .public()
        .limit(LIMIT)
        .problems([NOT_REFRESHABLE])
        .grants([
            Grant::Table(&[Action::BatchGet, Action::Put, Action::Delete]),
            Grant::Sessions(&[Action::Delete]),
        ])
        .grants(ISSUES_TOKENS)
        .calls(3)
}

async fn handle(app: App<Issuer>, body: Body<Exchange>) -> Result<Json<TokenPair>> {
    app.refresh(&body).await
}
