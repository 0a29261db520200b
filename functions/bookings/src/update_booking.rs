//! PATCH /bookings/{id}: an operator corrects whom to reach, and what was asked for besides.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::BookingPatch;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/bookings/{id}", handle)
        .also("PATCH", "/api/bookings/{id}")
        .roles([Role::Admin, Role::LeadGuide])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    _: Caller,
    id: Path<BookingId>,
    body: Body<BookingPatch>,
) -> Result<Json<BookingView>> {
    app.update_booking(*id, &body).await.map(Json::new)
}
