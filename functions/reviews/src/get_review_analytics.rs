//! GET /admin/reviews/analytics: a moderator sees how many reviews there are of each sort.
//!
//! The numbers are kept with every change.

use kernel::{Result, Role};
use reviews::counters::Analytics;
use reviews::list::Reader;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/admin/reviews/analytics", handle)
        .roles([Role::Admin, Role::Staff])
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(7)
}

async fn handle(app: App<Reader>, _: Caller) -> Result<Json<Analytics>> {
    app.analytics().await.map(Json::new)
}
