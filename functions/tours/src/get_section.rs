//! GET /trek-sections/{id}: anybody looks at one section, by its id or its slug.

use kernel::Result;
use tours::section::list::SectionItem;
use tours::tour::show::Handle;
use tours::{BROWSING, READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/trek-sections/{id}", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, caller: Option<Caller>, handle: Path<Handle>) -> Result<Json<SectionItem>> {
    app.show_section(&handle, caller.as_ref()).await.map(Json::new)
}
