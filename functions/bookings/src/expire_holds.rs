//! Every minute: seats that nobody paid for become free, and departures begin and end.

use bookings::Bookings;
use kernel::{Result, time};
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(1), handle).grants([Grant::Table(&[
        Action::Delete,
        Action::Get,
        Action::Put,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Bookings>) -> Result<usize> {
    app.expire_holds().await
}
