//! GET /tours: anybody looks through the tours, filtered and sorted as they like.
//!
//! Secret tours are never among them. `/tours/top-5-cheap` are the five best rated and cheapest of those that pass the filters.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::tour::TourView;
use tours::tour::list::TourQuery;
use tours::{BROWSING, READS, Tours};
use web::{App, Asked, Function, Json, Query, get};

const TOP_FIVE: &str = "/api/v1/tours/top-5-cheap";

pub fn endpoint() -> impl Function {
    get("/tours", handle).also("GET", TOP_FIVE).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(
    app: App<Tours>,
    asked: Asked,
    query: Query<TourQuery>,
) -> Result<Json<Results<Shown<TourView>>>> {
    let query = if asked.path == TOP_FIVE { query.0.top_five()? } else { query.0 };
    app.list_tours(&query).await.map(Json::new)
}
