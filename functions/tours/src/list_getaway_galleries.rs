//! GET /weekend-getaways/galleries: anybody looks at the pictures of all weekends away that are on sale.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::trek::getaway::{GetawayQuery, Of, Picture};
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/weekend-getaways/galleries", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(
    app: App<Tours>,
    query: Query<GetawayQuery<Picture>>,
) -> Result<Json<Results<Shown<Of<Picture>>>>> {
    app.list_of_getaways(&query).await.map(Json::new)
}
