//! PUT /trek-sections/reorder: somebody who manages sections says how they stand.
//!
//! Those that are left out follow, the oldest first.

use kernel::{Permission, Result};
use tours::Tours;
use tours::section::write::NewOrder;
use web::{Action, App, Body, Caller, Function, Grant, NoContent, put};

pub fn endpoint() -> impl Function {
    put("/trek-sections/reorder", handle)
        .permission(Permission::TrekSections)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, body: Body<NewOrder>) -> Result<NoContent> {
    app.reorder_sections(&body).await
}
