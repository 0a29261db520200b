//! PUT /bookings/{id}/remarks: an administrator notes something about a booking; what was noted before stays.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::RemarkWish;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/remarks", handle)
        .also("PUT", "/api/bookings/{id}/remarks")
        .roles([Role::Admin])
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<RemarkWish>,
) -> Result<Json<BookingView>> {
    app.remark(caller.user_id, *id, &body).await.map(Json::new)
}
