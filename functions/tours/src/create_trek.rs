//! POST /treks: somebody who manages treks writes a new one.
//!
//! It is not on sale before it has a departure and is toggled; one with `custom` is never in a list, and found by its link.
//! Its region must be there.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::{TrekFacts, TrekView};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/treks", handle)
        .also("POST", "/api/treks")
        .permission(Permission::ManageTreks)
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put, Action::Update])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, once: Once, body: Body<TrekFacts>) -> Result<Created<TrekView>> {
    app.create_trek(once, &body).await
}
