//! POST /admin/users/import: an administrator takes over accounts of another system.
//!
//! Up to 100 at once, each taken or refused by itself. Passwords come as bcrypt or argon2 hashes only.
//! It needs no `Idempotency-Key`: an address has one account, so the same rows sent again exist already.

use identity::Identity;
use identity::import::{Import, Imported};
use kernel::{Result, Role};
use web::{Action, App, Body, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/admin/users/import", handle)
        .roles([Role::Admin])
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::BatchGet, Action::Put])])
        // One for each account.
        .calls(101)
}

async fn handle(app: App<Identity>, body: Body<Import>) -> Result<Json<Imported>> {
    app.import(&body).await
}
