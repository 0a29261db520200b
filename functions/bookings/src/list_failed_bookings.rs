//! GET /failed-bookings: an administrator looks through what came to nothing, the newest first.

use bookings::Desk;
use bookings::failed::{FailedBooking, FailedQuery};
use kernel::page::Page;
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/failed-bookings", handle)
        .also("GET", "/api/failed-bookings")
        .roles([Role::Admin])
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Desk>, _: Caller, query: Query<FailedQuery>) -> Result<Json<Page<FailedBooking>>> {
    app.list_failed(&query).await.map(Json::new)
}
