//! POST /bookings: somebody books seats on a departure.
//!
//! Seats and booking are one transaction: 201 with the price and the time until which to pay, or 409 with the seats that are left.
//! Asked for again while the hold lasts, it is changed and not doubled. The price is the server's; amounts sent are only compared.

use bookings::batch::SOLD_OUT;
use bookings::hold::{NOT_ON_SALE, NewBooking};
use bookings::view::BookingView;
use bookings::{ALREADY_HELD, Bookings};
use kernel::Result;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/bookings", handle)
        .also("POST", "/api/bookings")
        .user()
        .problems([ALREADY_HELD, NOT_ON_SALE, SOLD_OUT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    body: Body<NewBooking>,
) -> Result<Created<BookingView>> {
    app.hold(&caller, once, &body).await
}
