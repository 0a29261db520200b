//! GET /batches: anybody looks for departures.
//!
//! One month of the calendar, by start. What is in no list is only for
//! those who manage treks.

use bookings::Desk;
use bookings::batch::list::{BatchQuery, BatchView};
use kernel::page::Page;
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/batches", handle)
        .also("GET", "/api/batches")
        .public()
        .grants([Grant::Cursors, Grant::Table(&[Action::Query, Action::BatchGet])])
        .calls(3)
}

async fn handle(
    app: App<Desk>,
    caller: Option<Caller>,
    query: Query<BatchQuery>,
) -> Result<Json<Page<BatchView>>> {
    let sees_hidden = caller.is_some_and(|it| it.may(Permission::ManageTreks));
    app.list_batches(None, &query, sees_hidden).await.map(Json::new)
}
