//! GET /users/me/preferences: somebody reads how they want to be told things.

use kernel::{Problem, Result};
use users::Users;
use users::preferences::Chosen;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/users/me/preferences", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(app: App<Users>, caller: Caller) -> Result<Json<Chosen>> {
    app.preferences(&caller).await
}
