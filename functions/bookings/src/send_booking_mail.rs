//! POST /bookings/{id}/send-confirmation: an administrator has somebody told of a booking, or reminded.
//!
//! The other paths send the invoice, and remind of the trip, of the balance (once), and of who comes along.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::Message;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Failure, Result, Role};
use web::{Accepted, Action, App, Asked, Caller, Function, Grant, Path, post};

pub fn endpoint() -> impl Function {
    post("/bookings/{id}/send-confirmation", handle)
        .also("POST", "/api/v1/bookings/{id}/send-invoice")
        .also("POST", "/api/v1/bookings/{id}/send-reminder")
        .also("POST", "/api/v1/bookings/{id}/send-partial-reminder")
        .also("POST", "/api/v1/bookings/{id}/send-participant-reminder")
        .also("POST", "/api/bookings/{id}/send-confirmation")
        .also("POST", "/api/bookings/{id}/send-invoice")
        .also("POST", "/api/bookings/{id}/send-reminder")
        .also("POST", "/api/bookings/{id}/send-partial-reminder")
        .also("POST", "/api/bookings/{id}/send-participant-reminder")
        .roles([Role::Admin])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    asked: Asked,
    id: Path<BookingId>,
) -> Result<Accepted<BookingView>> {
    let last = asked.path.rsplit('/').next().unwrap_or_default();
    let message: Message = last.parse().map_err(|_| Failure::not_found("message"))?;
    app.send(&caller, *id, message).await
}
