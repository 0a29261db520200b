//! POST /failed-bookings/{id}/restore: an administrator lets somebody pay after all, if the seats are still there.

use bookings::batch::SOLD_OUT;
use bookings::booking::BookingId;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use bookings::{ALREADY_HELD, Bookings};
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/failed-bookings/{id}/restore", handle)
        .also("POST", "/api/failed-bookings/{id}/restore")
        .roles([Role::Admin])
        .problems([ALREADY_HELD, NOT_NOW, SOLD_OUT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<BookingId>) -> Result<Json<BookingView>> {
    app.restore_failed(*id).await.map(Json::new)
}
