//! GET /failed-bookings/{id}: an administrator looks at one that came to nothing.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::failed::FailedBooking;
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/failed-bookings/{id}", handle)
        .also("GET", "/api/failed-bookings/{id}")
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<BookingId>) -> Result<Json<FailedBooking>> {
    app.failed(*id).await.map(Json::new)
}
