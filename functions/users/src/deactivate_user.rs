//! PATCH /users/{id}/deactivate: an administrator shuts an account out.
//!
//! Identity follows in a moment.

use kernel::{Problem, Result, Role, UserId};
use users::closing::NOT_YOURSELF;
use users::me::Me;
use users::{EDITS, Users};
use web::{App, Caller, Function, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/users/{id}/deactivate", handle)
        .roles([Role::Admin])
        .problems([Problem::CONFLICT, NOT_YOURSELF])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, id: Path<UserId>) -> Result<Json<Me>> {
    app.deactivate(&caller, *id).await
}
