//! PUT /bookings/{id}/cancellation-request: somebody who manages bookings answers what its owner asked for.
//!
//! Approving does it, in the same transaction.

use bookings::Bookings;
use bookings::batch::SOLD_OUT;
use bookings::booking::BookingId;
use bookings::request::RequestAnswer;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::{Permission, Result};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/cancellation-request", handle)
        .also("PUT", "/api/bookings/{id}/cancellation-request")
        .permission(Permission::ManageBookings)
        .problems([NOT_NOW, SOLD_OUT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<RequestAnswer>,
) -> Result<Json<BookingView>> {
    app.answer(&caller, *id, &body).await.map(Json::new)
}
