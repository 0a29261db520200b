//! POST /tours: a lead guide or an administrator publishes a tour.
//!
//! Prices are minor units. Ratings come from reviews and cannot be sent.

use kernel::{Result, Role};
use tours::Tours;
use tours::tour::TourView;
use tours::tour::body::NewTour;
use tours::tour::write::NAME_TAKEN;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/tours", handle)
        .roles([Role::Admin, Role::LeadGuide])
        .max_body(64 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, once: Once, body: Body<NewTour>) -> Result<Created<TourView>> {
    app.create_tour(once, &body).await
}
