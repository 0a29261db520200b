//! GET /fees: somebody looks at what the platform keeps.

use kernel::Result;
use payments::fees::{FeeTable, table};
use web::{App, Caller, Function, Json, get};

pub fn endpoint() -> impl Function {
    get("/fees", handle).user().calls(1)
}

async fn handle(_: App<()>, _: Caller) -> Result<Json<FeeTable>> {
    Ok(Json::new(table()))
}
