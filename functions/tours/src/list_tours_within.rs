//! GET /tours/tours-within/{distance}/center/{latlng}/unit/{unit}: anybody finds the tours that begin near a place.
//!
//! The place is latitude and longitude with a comma between them, the unit `mi` or `km`; distances are great circles.

use kernel::Result;
use kernel::results::{All, Shown};
use tours::text::Part;
use tours::tour::TourView;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/tours/tours-within/{distance}/center/{latlng}/unit/{unit}", handle)
        .public()
        .limit(BROWSING)
        .grants([READS])
        .calls(2)
}

async fn handle(
    app: App<Tours>,
    distance: Path<Part>,
    center: Path<Part>,
    unit: Path<Part>,
) -> Result<Json<All<Shown<TourView>>>> {
    app.tours_within(&distance, &center, &unit).await.map(Json::new)
}
