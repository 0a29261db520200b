//! POST /regions: somebody who manages regions writes a new one. Everybody sees it at once.

use kernel::{Permission, Result};
use tours::Tours;
use tours::region::write::NAME_TAKEN;
use tours::region::{RegionFacts, RegionView};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/regions", handle)
        .permission(Permission::ManageRegions)
        .max_body(32 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    once: Once,
    body: Body<RegionFacts>,
) -> Result<Created<RegionView>> {
    app.create_region(once, &body).await
}
