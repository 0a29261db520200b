//! POST /admin/tours/import: an administrator brings the tours of a business that moves here.
//!
//! Takes the file `tours-simple.json` of natours as it is, or the same list under `tours` with a `currency` beside it. Prices
//! are in whole units there. Each tour is known again by its id in that file: a repeated import makes what is missing and
//! leaves the rest alone.

use kernel::results::All;
use kernel::{Result, Role, time};
use tours::Tours;
use tours::tour::import::{Imported, TourImport};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/admin/tours/import", handle)
        .roles([Role::Admin])
        .max_body(64 * 1024)
        // A hundred tours one after the other, each packed into the catalogue.
        .one_core()
        .timeout(time::seconds(29))
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(6)
}

async fn handle(app: App<Tours>, _: Caller, body: Body<TourImport>) -> Result<Json<All<Imported>>> {
    app.import_tours(body.0).await.map(All::new).map(Json::new)
}
