//! PUT /batches/{id}/status: somebody who manages treks moves a departure on, or cancels it.
//!
//! Whoever booked a cancelled departure gets everything back.

use bookings::Bookings;
use bookings::batch::list::BatchView;
use bookings::batch::write::{BATCH_STATE, StatusWish};
use bookings::booking::BatchId;
use kernel::{Permission, Result};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/batches/{id}/status", handle)
        .also("PUT", "/api/batches/{id}/status")
        .permission(Permission::ManageTreks)
        .problems([BATCH_STATE])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    _: Caller,
    id: Path<BatchId>,
    body: Body<StatusWish>,
) -> Result<Json<BatchView>> {
    app.set_batch_status(*id, body.status).await.map(Json::new)
}
