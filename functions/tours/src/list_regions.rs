//! GET /regions: anybody looks through the regions.
//!
//! Administrators see the hidden ones in the plain list, too. The other paths are pure variants of it.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::region::list::{RegionItem, RegionQuery};
use tours::{BROWSING, READS, Tours};
use web::{App, Asked, Caller, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/regions", handle)
        .also("GET", "/api/v1/regions/active")
        .also("GET", "/api/v1/regions/featured")
        .also("GET", "/api/v1/regions/popular")
        .also("GET", "/api/v1/regions/search")
        .public()
        .limit(BROWSING)
        .grants([READS])
        .calls(2)
}

async fn handle(
    app: App<Tours>,
    caller: Option<Caller>,
    asked: Asked,
    query: Query<RegionQuery>,
) -> Result<Json<Results<Shown<RegionItem>>>> {
    let variant = asked.path.rsplit('/').next().unwrap_or_default();
    app.list_regions(variant, query.0, caller.as_ref()).await.map(Json::new)
}
