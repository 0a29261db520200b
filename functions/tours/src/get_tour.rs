//! GET /tours/{id}: anybody looks at one tour, by its id or its slug.
//!
//! Its guides are shown by name, and `reviews` are the newest twenty; `reviewsUrl` says where all of them are. A secret tour is there for guides and
//! administrators only.

use kernel::Result;
use tours::tour::TourPage;
use tours::tour::show::Handle;
use tours::{BROWSING, READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/tours/{id}", handle)
        .also("GET", "/api/v1/tours/slug/{slug}")
        .public()
        .limit(BROWSING)
        .grants([READS])
        .calls(3)
}

async fn handle(app: App<Tours>, caller: Option<Caller>, handle: Path<Handle>) -> Result<Json<TourPage>> {
    app.show_tour(&handle, caller.as_ref()).await.map(Json::new)
}
