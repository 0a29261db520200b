//! DELETE /tours/{id}: a lead guide or an administrator takes a tour away for good.
//!
//! Refused while somebody has booked a departure to come.

use kernel::{Result, Role};
use tours::Tours;
use tours::tour::TourId;
use tours::tour::write::BOOKED;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/tours/{id}", handle)
        .roles([Role::Admin, Role::LeadGuide])
        .problems([BOOKED])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<TourId>) -> Result<NoContent> {
    app.delete_tour(*id).await
}
