//! GET /payments/analytics/transactions: an administrator sees how many payments and refunds there were, day by day.

use kernel::{Result, Role};
use payments::Payments;
use payments::analytics::{Period, TransactionStats};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/payments/analytics/transactions", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Payments>, _: Caller, period: Query<Period>) -> Result<Json<TransactionStats>> {
    app.transaction_stats(*period).await.map(Json::new)
}
