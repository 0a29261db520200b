//! DELETE /treks/{id}: somebody who manages treks takes one away for good.
//!
//! Refused while somebody has booked a departure to come.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::TrekId;
use tours::trek::write::BOOKED;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/treks/{id}", handle)
        .also("DELETE", "/api/treks/{id}")
        .permission(Permission::ManageTreks)
        .problems([BOOKED])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<TrekId>) -> Result<NoContent> {
    app.delete_trek(*id).await
}
