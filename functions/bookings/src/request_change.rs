//! POST /bookings/{id}/cancellation-request: the owner asks to cancel or to move a booking.
//!
//! One request at a time. A move needs another departure of the same tour or trek with room.

use bookings::Bookings;
use bookings::batch::SOLD_OUT;
use bookings::booking::BookingId;
use bookings::request::{NewRequest, REQUEST_PENDING};
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::Result;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/bookings/{id}/cancellation-request", handle)
        .also("POST", "/api/bookings/{id}/cancellation-request")
        .user()
        .problems([NOT_NOW, REQUEST_PENDING, SOLD_OUT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    id: Path<BookingId>,
    body: Body<NewRequest>,
) -> Result<Created<BookingView>> {
    app.ask(&caller, once, *id, &body).await
}
