//! GET /treks/categories: anybody sees how many treks of each category are on sale.

use kernel::Result;
use kernel::results::All;
use tours::trek::list::CategoryCount;
use tours::{BROWSING, READS, Tours};
use web::{App, Function, Json, get};

pub fn endpoint() -> impl Function {
    get("/treks/categories", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>) -> Result<Json<All<CategoryCount>>> {
    app.trek_categories().await.map(Json::new)
}
