//! POST /admin/reviews/import: an administrator brings the reviews of a business that moves here.
//!
//! They keep their date, stand at once and are marked as imported. Each is known again by its id in the system before: a
//! repeated import makes what is missing and leaves the rest alone.

use kernel::results::All;
use kernel::{Result, Role, time};
use reviews::Reviews;
use reviews::import::{Import, Imported};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/admin/reviews/import", handle)
        .roles([Role::Admin])
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put, Action::Update])])
        .timeout(time::seconds(28))
        .calls(4)
}

async fn handle(app: App<Reviews>, _: Caller, body: Body<Import>) -> Result<Json<All<Imported>>> {
    app.import(&body).await.map(All::new).map(Json::new)
}
