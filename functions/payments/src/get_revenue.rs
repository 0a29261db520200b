//! GET /payments/analytics/revenue: an administrator sees what came and went back, day by day.

use kernel::{Result, Role};
use payments::Payments;
use payments::analytics::{Period, Revenue};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/payments/analytics/revenue", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Payments>, _: Caller, period: Query<Period>) -> Result<Json<Revenue>> {
    app.revenue(*period).await.map(Json::new)
}
