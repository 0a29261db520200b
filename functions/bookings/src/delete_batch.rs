//! DELETE /batches/{id}: somebody who manages treks takes a departure away that nobody ever booked.

use bookings::Bookings;
use bookings::batch::write::BATCH_BOOKED;
use bookings::booking::BatchId;
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/batches/{id}", handle)
        .also("DELETE", "/api/batches/{id}")
        .permission(Permission::ManageTreks)
        .problems([BATCH_BOOKED])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<BatchId>) -> Result<NoContent> {
    app.delete_batch(*id).await
}
