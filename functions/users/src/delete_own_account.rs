//! DELETE /users/me: somebody leaves.
//!
//! Nobody finds them from then on; after thirty days everything about them is erased.

use kernel::{Problem, Result};
use users::closing::Farewell;
use users::{EDITS, Users};
use web::{App, Body, CONFIRM_FIRST, Caller, Function, NoContent, delete};

pub fn endpoint() -> impl Function {
    delete("/users/me", handle)
        .also("DELETE", "/api/v1/users/deleteMe")
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT, CONFIRM_FIRST])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, body: Body<Farewell>) -> Result<NoContent> {
    app.delete_me(&caller, &body).await
}
