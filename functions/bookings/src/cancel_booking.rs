//! PUT /bookings/{id}/cancel: the owner or an operator cancels a booking.
//!
//! The seats become free at once. What is given back is a share of what was paid, by the policy of the day it was booked.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::CancelWish;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::Result;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/cancel", handle)
        .also("PUT", "/api/bookings/{id}/cancel")
        .user()
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<CancelWish>,
) -> Result<Json<BookingView>> {
    app.cancel(&caller, *id, &body).await.map(Json::new)
}
