//! Every quarter of an hour: the mornings' work, once it is nine where the operator is.
//!
//! Reminders, balances that did not come, trips that are over. What is due stands in the table, so it is done once.

use bookings::schedule::Clock;
use kernel::{Result, time};
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(15), handle).grants([
        Grant::Setting("timezone"),
        Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Query, Action::Update]),
    ])
}

async fn handle(app: App<Clock>) -> Result<usize> {
    app.morning().await
}
