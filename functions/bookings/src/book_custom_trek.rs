//! POST /bookings/custom: somebody books the trek that was made for them, by its link.
//!
//! Confirmed at once: what is to be paid was arranged with the operator.

use bookings::Bookings;
use bookings::batch::SOLD_OUT;
use bookings::custom::{LINK_EXPIRED, NewCustomBooking};
use bookings::hold::NOT_ON_SALE;
use bookings::view::BookingView;
use kernel::{Problem, Result};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/bookings/custom", handle)
        .also("POST", "/api/bookings/custom")
        .user()
        .problems([Problem::NOT_FOUND, LINK_EXPIRED, NOT_ON_SALE, SOLD_OUT])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Query, Action::Update])])
        .calls(6)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    body: Body<NewCustomBooking>,
) -> Result<Created<BookingView>> {
    app.book_custom(&caller, once, &body).await
}
