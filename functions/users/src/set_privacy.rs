//! PUT /users/me/privacy: somebody says what others see of them.

use kernel::{Problem, Result};
use users::preferences::Privacy;
use users::{EDITS, Users};
use web::{App, Body, Caller, Function, Json, put};

pub fn endpoint() -> impl Function {
    put("/users/me/privacy", handle)
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, body: Body<Privacy>) -> Result<Json<Privacy>> {
    app.set_privacy(&caller, *body).await
}
