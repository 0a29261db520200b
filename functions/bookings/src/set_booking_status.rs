//! PUT /bookings/{id}/status: an administrator completes or cancels a booking; all else follows from payments.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::BookingStatusWish;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/status", handle)
        .also("PUT", "/api/bookings/{id}/status")
        .roles([Role::Admin])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<BookingStatusWish>,
) -> Result<Json<BookingView>> {
    app.set_status(&caller, *id, &body).await.map(Json::new)
}
