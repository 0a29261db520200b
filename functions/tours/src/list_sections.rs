//! GET /trek-sections: anybody reads the sections, as they stand.
//!
//! Administrators see the inactive ones in the plain list, too. The other paths are pure variants of it.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::section::list::{SectionItem, SectionQuery};
use tours::{BROWSING, READS, Tours};
use web::{App, Asked, Caller, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/trek-sections", handle)
        .also("GET", "/api/v1/trek-sections/active")
        .also("GET", "/api/v1/trek-sections/featured")
        .also("GET", "/api/v1/trek-sections/homepage")
        .also("GET", "/api/v1/trek-sections/navigation")
        .also("GET", "/api/v1/trek-sections/popular")
        .also("GET", "/api/v1/trek-sections/search")
        .public()
        .limit(BROWSING)
        .grants([READS])
        .calls(2)
}

async fn handle(
    app: App<Tours>,
    caller: Option<Caller>,
    asked: Asked,
    query: Query<SectionQuery>,
) -> Result<Json<Results<Shown<SectionItem>>>> {
    let variant = asked.path.rsplit('/').next().unwrap_or_default();
    app.list_sections(variant, query.0, caller.as_ref()).await.map(Json::new)
}
