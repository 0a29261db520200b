//! PUT /bookings/{id}/mark-partial-complete: an administrator took the balance outside the platform.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/mark-partial-complete", handle)
        .also("PUT", "/api/bookings/{id}/mark-partial-complete")
        .roles([Role::Admin])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(app: App<Bookings>, caller: Caller, id: Path<BookingId>) -> Result<Json<BookingView>> {
    app.mark_paid(caller.user_id, *id).await.map(Json::new)
}
