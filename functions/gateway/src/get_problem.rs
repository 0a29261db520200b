//! GET /problems/{code}: anybody reads what a problem means and what to do.

use kernel::Result;
use kernel::text::Text;
use web::{App, Function, Page, Path, get};

pub fn endpoint() -> impl Function {
    get("/problems/{code}", handle).public().unlimited()
}

async fn handle(_: App<()>, code: Path<Text<1, 60>>) -> Result<Page> {
    gateway::docs::problem(code.as_str())
}
