//! GET /docs/{file}: the script and the style of the documentation page.

use gateway::docs::File;
use kernel::Result;
use web::{App, Function, Page, Path, get};

pub fn endpoint() -> impl Function {
    get("/docs/{file}", handle).public().unlimited()
}

async fn handle(_: App<()>, file: Path<File>) -> Result<Page> {
    Ok(gateway::docs::file(*file))
}
