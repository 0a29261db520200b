//! GET /treks: anybody looks for a trek.
//!
//! Shown are treks on sale with a departure to come that has seats; administrators may ask for all of them. The other paths are
//! the most booked ten, five in front, the first ten for some words, and those of a region.

use kernel::results::{Results, Shown};
use kernel::{Problem, Result};
use tours::trek::list::{TrekItem, TrekQuery, Variant};
use tours::{BROWSING, READS, Tours};
use web::{App, Asked, Caller, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/treks", handle)
        .also("GET", "/api/v1/treks/popular")
        .also("GET", "/api/v1/treks/featured")
        .also("GET", "/api/v1/treks/search")
        .also("GET", "/api/v1/treks/by-region/{region_id}")
        .also("GET", "/api/treks")
        .also("GET", "/api/treks/popular")
        .also("GET", "/api/treks/featured")
        .also("GET", "/api/treks/search")
        .also("GET", "/api/treks/by-region/{region_id}")
        .public()
        .limit(BROWSING)
        .problems([Problem::NOT_FOUND])
        .grants([READS])
        .calls(2)
}

async fn handle(
    app: App<Tours>,
    caller: Option<Caller>,
    asked: Asked,
    query: Query<TrekQuery>,
) -> Result<Json<Results<Shown<TrekItem>>>> {
    app.list_treks(Variant::of(&asked.path)?, query.0, caller.as_ref()).await.map(Json::new)
}
