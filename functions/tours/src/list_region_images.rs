//! GET /regions/{id}/images: somebody who manages regions sees what became of the pictures that were sent last.

use kernel::results::All;
use kernel::{Permission, Result};
use tours::images::{ImageStatus, Owner};
use tours::region::RegionId;
use tours::{READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/regions/{id}/images", handle).permission(Permission::ManageRegions).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<RegionId>) -> Result<Json<All<ImageStatus>>> {
    app.list_images(Owner::Region(*id)).await.map(All::new).map(Json::new)
}
