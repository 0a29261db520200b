//! GET /users/stats: an administrator reads how many people there are.

use kernel::{Result, Role};
use users::Users;
use users::stats::Stats;
use web::{Action, App, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/users/stats", handle).roles([Role::Admin]).grants([Grant::Table(&[Action::BatchGet])]).calls(2)
}

async fn handle(app: App<Users>) -> Result<Json<Stats>> {
    app.stats().await
}
