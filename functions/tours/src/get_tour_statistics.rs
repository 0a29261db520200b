//! GET /tours/tour-stats: anybody compares the well rated tours, by difficulty.
//!
//! Those with an average of at least 4.5 count, the cheapest difficulty comes first. Amounts are minor units.

use kernel::Result;
use kernel::results::All;
use tours::tour::plan::TourStatistics;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, get};

pub fn endpoint() -> impl Function {
    get("/tours/tour-stats", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>) -> Result<Json<All<TourStatistics>>> {
    app.tour_statistics().await.map(Json::new)
}
