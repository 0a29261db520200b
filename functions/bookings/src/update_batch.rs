//! PATCH /batches/{id}: somebody who manages treks changes a departure.
//!
//! What is absent stays. Seats in use stay in use: the capacity cannot fall below them. Other dates are told to all who booked.

use bookings::Bookings;
use bookings::batch::list::BatchView;
use bookings::batch::write::{BATCH_STATE, BatchPatch, SEATS_IN_USE};
use bookings::booking::BatchId;
use kernel::{Permission, Result};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/batches/{id}", handle)
        .also("PUT", "/api/v1/batches/{id}")
        .also("PUT", "/api/batches/{id}")
        .permission(Permission::ManageTreks)
        .problems([BATCH_STATE, SEATS_IN_USE])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    _: Caller,
    id: Path<BatchId>,
    body: Body<BatchPatch>,
) -> Result<Json<BatchView>> {
    app.update_batch(*id, &body).await.map(Json::new)
}
