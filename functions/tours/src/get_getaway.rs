//! GET /weekend-getaways/{id}/details: anybody looks at one weekend away, by the id or slug of its trek.

use kernel::Result;
use tours::tour::show::Handle;
use tours::trek::getaway::GetawayPage;
use tours::{BROWSING, READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/weekend-getaways/{id}/details", handle).public().limit(BROWSING).grants([READS]).calls(2)
}

async fn handle(app: App<Tours>, caller: Option<Caller>, id: Path<Handle>) -> Result<Json<GetawayPage>> {
    app.show_getaway(&id, caller.as_ref()).await.map(Json::new)
}
