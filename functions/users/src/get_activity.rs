//! GET /users/me/activity: somebody looks at their last log-ins and changes.

use kernel::{Problem, Result};
use users::Users;
use users::activity::Activity;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/users/me/activity", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller) -> Result<Json<Activity>> {
    app.activity(&caller).await
}
