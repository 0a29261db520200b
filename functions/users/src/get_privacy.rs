//! GET /users/me/privacy: somebody reads what others see of them.

use kernel::{Problem, Result};
use users::Users;
use users::preferences::Privacy;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/users/me/privacy", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(app: App<Users>, caller: Caller) -> Result<Json<Privacy>> {
    app.privacy(&caller).await
}
