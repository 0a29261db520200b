//! PATCH /tours/{id}: a lead guide or an administrator changes a tour.
//!
//! What is absent stays as it is. The rules hold for what comes out: a discount is still less than the price.

use kernel::{Result, Role};
use tours::Tours;
use tours::tour::body::TourPatch;
use tours::tour::write::NAME_TAKEN;
use tours::tour::{TourId, TourView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/tours/{id}", handle)
        .roles([Role::Admin, Role::LeadGuide])
        .max_body(64 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put])])
        .calls(6)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<TourId>,
    body: Body<TourPatch>,
) -> Result<Json<TourView>> {
    app.update_tour(*id, &body).await.map(Json::new)
}
