//! GET /weekend-getaways: anybody looks for a weekend away: a trek on sale that is offered as one.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::trek::list::{TrekItem, TrekQuery, Variant};
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/weekend-getaways", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, query: Query<TrekQuery>) -> Result<Json<Results<Shown<TrekItem>>>> {
    app.list_treks(Variant::Getaways, query.0, None).await.map(Json::new)
}
