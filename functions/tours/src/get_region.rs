//! GET /regions/{id}: anybody looks at one region, by its id or its slug.

use kernel::Result;
use tours::region::list::RegionItem;
use tours::tour::show::Handle;
use tours::{BROWSING, READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/regions/{id}", handle)
        .also("GET", "/api/v1/regions/slug/{slug}")
        .public()
        .limit(BROWSING)
        .grants([READS])
        .calls(2)
}

async fn handle(app: App<Tours>, caller: Option<Caller>, handle: Path<Handle>) -> Result<Json<RegionItem>> {
    app.show_region(&handle, caller.as_ref()).await.map(Json::new)
}
