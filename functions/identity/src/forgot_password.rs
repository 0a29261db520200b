//! POST /auth/password/forgot: anybody asks for a link to set a new password.
//!
//! The answer is the same for every address.

use identity::Identity;
use identity::register::Notice;
use identity::verify_email::Address;
use kernel::Result;
use web::{Accepted, Action, App, Body, Function, Grant, Limit, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("forgot", 5, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/password/forgot", handle)
        .public()
        .limit(LIMIT)
        .grants([Grant::Table(&[Action::Put])])
        .calls(2)
}

async fn handle(app: App<Identity>, body: Body<Address>) -> Result<Accepted<Notice>> {
    app.forgot_password(&body).await
}
