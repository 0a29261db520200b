//! PUT /bookings/{id}/shift-batch: an administrator moves a booking to another departure of the same tour or trek.

use bookings::Bookings;
use bookings::batch::SOLD_OUT;
use bookings::booking::BookingId;
use bookings::desk::ShiftWish;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/shift-batch", handle)
        .also("PUT", "/api/bookings/{id}/shift-batch")
        .roles([Role::Admin])
        .problems([NOT_NOW, SOLD_OUT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<ShiftWish>,
) -> Result<Json<BookingView>> {
    app.shift(&caller, *id, &body).await.map(Json::new)
}
