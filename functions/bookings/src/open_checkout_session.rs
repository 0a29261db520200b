//! POST /bookings/checkout-session/{tour_id}: somebody books a tour and pays on the payment provider's own page.
//!
//! 201 with the page's address, or 202 while it is being opened: the booking shows it then. Asked again, it is the same page.

use bookings::batch::SOLD_OUT;
use bookings::booking::OwnerId;
use bookings::checkout::{Opened, Wish};
use bookings::hold::NOT_ON_SALE;
use bookings::{ALREADY_HELD, Bookings};
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, Path, Query, post};

pub fn endpoint() -> impl Function {
    post("/bookings/checkout-session/{tour_id}", handle)
        .also("GET", "/api/v1/bookings/checkout-session/{tour_id}")
        .user()
        .problems([ALREADY_HELD, NOT_ON_SALE, SOLD_OUT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Query, Action::Update])])
        .calls(7)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    tour: Path<OwnerId>,
    wish: Query<Wish>,
) -> Result<Opened> {
    app.open_checkout(&caller, *tour, wish.0.0).await
}
