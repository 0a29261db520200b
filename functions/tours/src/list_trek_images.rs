//! GET /treks/{id}/images: somebody who manages treks sees what became of the pictures that were sent last.

use kernel::results::All;
use kernel::{Permission, Result};
use tours::images::{ImageStatus, Owner};
use tours::trek::TrekId;
use tours::{READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/treks/{id}/images", handle).permission(Permission::ManageTreks).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<TrekId>) -> Result<Json<All<ImageStatus>>> {
    app.list_images(Owner::Trek(*id)).await.map(All::new).map(Json::new)
}
