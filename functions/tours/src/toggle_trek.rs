//! PATCH /treks/{id}/toggle-status: somebody who manages treks puts one on sale, or takes it off.
//!
//! A trek without a departure cannot be on sale.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::write::NO_DEPARTURE;
use tours::trek::{TrekId, TrekView};
use web::{Action, App, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/treks/{id}/toggle-status", handle)
        .also("PATCH", "/api/treks/{id}/toggle-status")
        .permission(Permission::ManageTreks)
        .problems([NO_DEPARTURE])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<TrekId>) -> Result<Json<TrekView>> {
    app.toggle_trek(*id).await.map(Json::new)
}
