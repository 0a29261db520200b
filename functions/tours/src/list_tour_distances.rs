//! GET /tours/distances/{latlng}/unit/{unit}: anybody sees how far each tour begins from a place, the nearest first.
//!
//! At most the nearest 1,000; a tour without a start location is not among them.

use kernel::Result;
use kernel::results::All;
use tours::text::Part;
use tours::tour::list::TourDistance;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/tours/distances/{latlng}/unit/{unit}", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, from: Path<Part>, unit: Path<Part>) -> Result<Json<All<TourDistance>>> {
    app.tour_distances(&from, &unit).await.map(Json::new)
}
