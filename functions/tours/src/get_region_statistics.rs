//! GET /regions/{id}/stats: anybody sees what there is in a region.

use kernel::Result;
use tours::region::RegionId;
use tours::region::list::RegionStatistics;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/regions/{id}/stats", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, id: Path<RegionId>) -> Result<Json<RegionStatistics>> {
    app.region_statistics(*id).await.map(Json::new)
}
