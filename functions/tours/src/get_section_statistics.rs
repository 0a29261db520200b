//! GET /trek-sections/{id}/stats: anybody sees what there is in a section.

use kernel::Result;
use tours::section::SectionId;
use tours::section::list::SectionStatistics;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/trek-sections/{id}/stats", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, id: Path<SectionId>) -> Result<Json<SectionStatistics>> {
    app.section_statistics(*id).await.map(Json::new)
}
