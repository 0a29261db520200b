//! Queue follow-catalogue: keeps what tours and treks cost, and makes the departures that are posted with them.

use bookings::Bookings;
use bookings::terms::CatalogueTold;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-catalogue", handle).grants([Grant::Table(&[Action::Get, Action::Put])])
}

async fn handle(app: App<Bookings>, told: Received<CatalogueTold>) -> Result<()> {
    app.follow_catalogue(&told).await
}
