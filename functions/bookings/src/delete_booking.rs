//! DELETE /bookings/{id}: an operator removes a booking that never counted; any other is cancelled instead.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::saga::NOT_NOW;
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/bookings/{id}", handle)
        .also("DELETE", "/api/bookings/{id}")
        .roles([Role::Admin, Role::LeadGuide])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(app: App<Bookings>, caller: Caller, id: Path<BookingId>) -> Result<NoContent> {
    app.delete_booking(&caller, *id).await
}
