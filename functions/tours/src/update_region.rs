//! PUT /regions/{id}: somebody who manages regions says all of it anew.

use kernel::{Permission, Result};
use tours::Tours;
use tours::region::write::NAME_TAKEN;
use tours::region::{RegionFacts, RegionId, RegionView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/regions/{id}", handle)
        .permission(Permission::ManageRegions)
        .max_body(32 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<RegionId>,
    body: Body<RegionFacts>,
) -> Result<Json<RegionView>> {
    app.update_region(*id, &body).await.map(Json::new)
}
