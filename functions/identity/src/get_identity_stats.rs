//! GET /admin/identity/stats: an administrator sees how many accounts there are, and who signs in.

use identity::Identity;
use identity::stats::Stats;
use kernel::{Result, Role};
use web::{Action, App, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/admin/identity/stats", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Identity>) -> Result<Json<Stats>> {
    app.stats().await
}
