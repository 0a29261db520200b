//! GET /docs: anybody reads and tries the API in a browser.

use kernel::Result;
use web::{App, Function, Page, get};

pub fn endpoint() -> impl Function {
    get("/docs", handle).public().unlimited()
}

async fn handle(_: App<()>) -> Result<Page> {
    Ok(gateway::docs::page())
}
