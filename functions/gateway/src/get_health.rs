//! GET /health: anybody asks whether the whole platform can work right now.
//!
//! It asks each context, for 3 s at most, and believes the answers for 10 s.

use gateway::health::Contexts;
use kernel::Result;
use web::health::Health;
use web::{App, Function, Grant, get};

pub fn endpoint() -> impl Function {
    get("/health", handle).public().unlimited().grants([Grant::Registry]).calls(0)
}

async fn handle(app: App<Contexts>) -> Result<Health> {
    app.health().await
}
