//! Queue follow-bookings: counts what is booked of tours and treks, as bookings tells it.
//!
//! The newest fact of a booking says what it adds, whatever order they come in.

use kernel::Result;
use messaging::{Received, on_event};
use tours::Tours;
use tours::counters::BookingTold;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-bookings", handle).grants([Grant::Table(&[
        Action::BatchGet,
        Action::Check,
        Action::Get,
        Action::Put,
        Action::Update,
    ])])
}

async fn handle(app: App<Tours>, told: Received<BookingTold>) -> Result<()> {
    app.follow_booking(&told).await
}
