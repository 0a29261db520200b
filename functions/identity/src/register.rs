//! POST /auth/register: anybody opens an account.
//!
//! The answer is the same whether the address is new or taken; the owner of a taken one gets a mail.

use identity::Identity;
use identity::register::{NewAccount, Notice, USERNAME_TAKEN};
use kernel::Result;
use web::{Accepted, Action, App, Body, Function, Grant, Limit, Once, Per, limit, post};

const LIMIT: Limit = limit::per_quarter_hour("register", 5, Per::Address);

pub fn endpoint() -> impl Function {
    post("/auth/register", handle)
        .also("POST", "/api/v1/users/signup")
        .also("POST", "/api/auth/register")
        .public()
        .limit(LIMIT)
        .problems([USERNAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put])])
        .calls(3)
        .one_core()
}

async fn handle(app: App<Identity>, once: Once, body: Body<NewAccount>) -> Result<Accepted<Notice>> {
    app.register(once, &body).await
}
