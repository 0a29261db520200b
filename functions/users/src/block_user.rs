//! POST /users/me/blocks: somebody does not want to hear of another.

use kernel::{Problem, Result};
use users::Users;
use users::blocks::{ALREADY_BLOCKED, BlockView, NewBlock};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/users/me/blocks", handle)
        .user()
        .problems([Problem::NOT_FOUND, ALREADY_BLOCKED])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    once: Once,
    body: Body<NewBlock>,
) -> Result<Created<BlockView>> {
    app.block(&caller, once, body.user_id).await
}
