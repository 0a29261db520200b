//! GET /openapi.json: anybody reads what the whole API takes and answers.

use kernel::Result;
use web::{App, Function, Page, get};

pub fn endpoint() -> impl Function {
    get("/openapi.json", handle).public().unlimited()
}

async fn handle(_: App<()>) -> Result<Page> {
    Ok(gateway::docs::openapi())
}
