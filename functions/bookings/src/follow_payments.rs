//! Queue follow-payments: what payments tells of money, and what follows for bookings.
//!
//! Money that comes too late for its seats gets them again, or goes back.

use bookings::Bookings;
use bookings::follow::PaymentTold;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-payments", handle).grants([Grant::Table(&[
        Action::Delete,
        Action::Get,
        Action::Put,
        Action::Update,
    ])])
}

async fn handle(app: App<Bookings>, told: Received<PaymentTold>) -> Result<()> {
    app.follow_payment(&told).await
}
