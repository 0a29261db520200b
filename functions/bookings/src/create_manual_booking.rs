//! POST /admin/bookings: an operator books for somebody.
//!
//! What was paid outside the platform counts at once; what was not is held for a day.

use bookings::batch::SOLD_OUT;
use bookings::desk::NewManualBooking;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use bookings::{ALREADY_HELD, Bookings};
use kernel::{Problem, Result, Role};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/admin/bookings", handle)
        .roles([Role::Admin, Role::LeadGuide])
        .problems([Problem::NOT_FOUND, ALREADY_HELD, NOT_NOW, SOLD_OUT])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Query, Action::Update])])
        .calls(6)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    body: Body<NewManualBooking>,
) -> Result<Created<BookingView>> {
    app.book_for(&caller, once, &body).await
}
