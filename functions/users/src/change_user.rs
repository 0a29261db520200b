//! PATCH /users/{id}: its owner or an administrator changes a profile.

use kernel::{Problem, Result, UserId};
use users::me::{Me, ProfilePatch};
use users::{EDITS, Users};
use web::{Action, App, Body, CONFIRM_FIRST, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/users/{id}", handle)
        .user()
        .problems([Problem::CONFLICT, CONFIRM_FIRST])
        .grants([EDITS, Grant::Table(&[Action::BatchGet])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    body: Body<ProfilePatch>,
) -> Result<Json<Me>> {
    app.change_user(&caller, *id, &body).await
}
