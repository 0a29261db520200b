//! GET /treks/stats: an administrator counts the treks.

use kernel::{Result, Role};
use tours::trek::list::TrekStatistics;
use tours::{READS, Tours};
use web::{App, Caller, Function, Json, get};

pub fn endpoint() -> impl Function {
    get("/treks/stats", handle).roles([Role::Admin]).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, _: Caller) -> Result<Json<TrekStatistics>> {
    app.trek_statistics().await.map(Json::new)
}
