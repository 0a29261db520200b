//! PATCH /regions/{id}/featured: somebody who manages regions puts one in front, or back.

use kernel::{Permission, Result};
use tours::Tours;
use tours::region::write::FeaturedWish;
use tours::region::{RegionId, RegionView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/regions/{id}/featured", handle)
        .permission(Permission::ManageRegions)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<RegionId>,
    body: Body<FeaturedWish>,
) -> Result<Json<RegionView>> {
    app.feature_region(*id, &body).await.map(Json::new)
}
