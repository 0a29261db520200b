//! GET /batches/tour/{tour_id}: anybody looks at the departures of one tour, by start.

use bookings::Desk;
use bookings::batch::list::{BatchQuery, BatchView};
use bookings::booking::{OwnerId, OwnerKind};
use kernel::page::Page;
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, Json, Path, Query, get};

pub fn endpoint() -> impl Function {
    get("/batches/tour/{tour_id}", handle)
        .also("GET", "/api/batches/tour/{tour_id}")
        .public()
        .grants([Grant::Cursors, Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Desk>,
    caller: Option<Caller>,
    id: Path<OwnerId>,
    query: Query<BatchQuery>,
) -> Result<Json<Page<BatchView>>> {
    let sees_hidden = caller.is_some_and(|it| it.may(Permission::ManageTreks));
    app.list_batches(Some((OwnerKind::Tour, *id)), &query, sees_hidden).await.map(Json::new)
}
