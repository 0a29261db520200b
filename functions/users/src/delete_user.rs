//! DELETE /users/{id}: an administrator deletes an account; everything about the person is erased thirty days later.

use kernel::{Problem, Result, Role, UserId};
use users::closing::NOT_YOURSELF;
use users::{EDITS, Users};
use web::{App, Caller, Function, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/users/{id}", handle)
        .roles([Role::Admin])
        .problems([Problem::CONFLICT, NOT_YOURSELF])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, id: Path<UserId>) -> Result<NoContent> {
    app.delete_user(&caller, *id).await
}
