//! Queue follow-departures: keeps when tours and treks depart, as bookings tells it.
//!
//! The newest version of each departure wins.

use contracts::bookings::BatchChanged;
use kernel::Result;
use messaging::{Received, on_event};
use tours::Tours;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-departures", handle).grants([Grant::Table(&[Action::BatchGet, Action::Get])])
}

async fn handle(app: App<Tours>, told: Received<BatchChanged>) -> Result<()> {
    app.follow_departure(&told).await
}
