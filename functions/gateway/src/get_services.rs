//! GET /services: an administrator looks up the parts of every context.

use gateway::services::{Service, Services};
use kernel::{Result, Role};
use web::{App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/services", handle).roles([Role::Admin]).grants([Grant::Registry]).calls(1)
}

async fn handle(app: App<Services>, _: Caller) -> Result<Json<Vec<Service>>> {
    Ok(Json::new(app.all().await?))
}
