//! PUT /bookings/{id}/participants: the owner says who comes along.
//!
//! One for each seat, with an answer to everything that the trek asks for. With everything paid it confirms the booking.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::participant::WhoComes;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::Result;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/participants", handle)
        .also("PUT", "/api/bookings/{id}/participants")
        .user()
        .max_body(64 * 1024)
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<WhoComes>,
) -> Result<Json<BookingView>> {
    app.name_participants(&caller, *id, &body).await.map(Json::new)
}
