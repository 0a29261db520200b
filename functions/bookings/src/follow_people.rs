//! Queue follow-people: keeps how to reach whoever books, and takes names out of the books of whoever has left.

use bookings::Bookings;
use bookings::personal::PersonTold;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-people", handle).grants([Grant::Table(&[
        Action::Delete,
        Action::Get,
        Action::Put,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Bookings>, told: Received<PersonTold>) -> Result<()> {
    app.follow_person(&told).await
}
