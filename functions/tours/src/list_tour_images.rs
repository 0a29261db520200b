//! GET /tours/{id}/images: a lead guide or an administrator sees what became of the pictures that were sent last.

use kernel::results::All;
use kernel::{Result, Role};
use tours::images::{ImageStatus, Owner};
use tours::tour::TourId;
use tours::{READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/tours/{id}/images", handle).roles([Role::Admin, Role::LeadGuide]).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<TourId>) -> Result<Json<All<ImageStatus>>> {
    app.list_images(Owner::Tour(*id)).await.map(All::new).map(Json::new)
}
