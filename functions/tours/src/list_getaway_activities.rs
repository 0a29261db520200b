//! GET /weekend-getaways/activities: anybody looks at the activities of all weekends away that are on sale.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::trek::getaway::{Activity, GetawayQuery, Of};
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/weekend-getaways/activities", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(
    app: App<Tours>,
    query: Query<GetawayQuery<Activity>>,
) -> Result<Json<Results<Shown<Of<Activity>>>>> {
    app.list_of_getaways(&query).await.map(Json::new)
}
