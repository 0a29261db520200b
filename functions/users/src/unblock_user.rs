//! DELETE /users/me/blocks/{user_id}: somebody hears of another again.

use kernel::{Result, UserId};
use users::Users;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/users/me/blocks/{user_id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Delete, Action::Put])])
        .calls(2)
}

async fn handle(app: App<Users>, caller: Caller, user_id: Path<UserId>) -> Result<NoContent> {
    app.unblock(&caller, *user_id).await
}
