//! DELETE /failed-bookings/{id}: an administrator takes one out of the archive; the booking stays.

use bookings::Bookings;
use bookings::booking::BookingId;
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/failed-bookings/{id}", handle)
        .also("DELETE", "/api/failed-bookings/{id}")
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Delete])])
        .calls(2)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<BookingId>) -> Result<NoContent> {
    app.delete_failed(*id).await
}
