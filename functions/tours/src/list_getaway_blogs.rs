//! GET /weekend-getaways/blogs: anybody looks at the blogs of all weekends away that are on sale.

use kernel::Result;
use kernel::results::{Results, Shown};
use tours::trek::getaway::{Blog, GetawayQuery, Of};
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/weekend-getaways/blogs", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, query: Query<GetawayQuery<Blog>>) -> Result<Json<Results<Shown<Of<Blog>>>>> {
    app.list_of_getaways(&query).await.map(Json::new)
}
