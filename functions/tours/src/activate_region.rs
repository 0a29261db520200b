//! PATCH /regions/{id}/status: somebody who manages regions shows one to everybody, or hides it.

use kernel::{Permission, Result};
use tours::Tours;
use tours::region::write::ActiveWish;
use tours::region::{RegionId, RegionView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/regions/{id}/status", handle)
        .permission(Permission::ManageRegions)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<RegionId>,
    body: Body<ActiveWish>,
) -> Result<Json<RegionView>> {
    app.activate_region(*id, &body).await.map(Json::new)
}
