//! GET /tours/monthly-plan/{year}: a guide sees which tours begin in each month of a year, the busiest first.
//!
//! The year begins and ends in UTC, and its last evening belongs to it.

use kernel::results::All;
use kernel::{Result, Role};
use tours::text::Part;
use tours::tour::plan::MonthPlan;
use tours::{READS, Tours};
use web::{App, Caller, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/tours/monthly-plan/{year}", handle)
        .roles([Role::Admin, Role::LeadGuide, Role::Guide])
        .grants([READS])
        .calls(2)
}

async fn handle(app: App<Tours>, _: Caller, year: Path<Part>) -> Result<Json<All<MonthPlan>>> {
    app.monthly_plan(&year).await.map(Json::new)
}
