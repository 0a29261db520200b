//! PUT /bookings/{id}/complete-trek: an administrator says that it has taken place, and who did not come.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::CompleteWish;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/complete-trek", handle)
        .also("PUT", "/api/bookings/{id}/complete-trek")
        .roles([Role::Admin])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    _: Caller,
    id: Path<BookingId>,
    body: Body<CompleteWish>,
) -> Result<Json<BookingView>> {
    app.complete(*id, &body).await.map(Json::new)
}
