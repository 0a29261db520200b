//! POST /bookings/{id}/calculate-refund: the owner or an operator sees what a cancellation would give back today.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::{PreviewWish, RefundPreview};
use kernel::Result;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/bookings/{id}/calculate-refund", handle)
        .also("POST", "/api/bookings/{id}/calculate-refund")
        .user()
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    body: Body<PreviewWish>,
) -> Result<Json<RefundPreview>> {
    app.preview_refund(&caller, *id, &body).await.map(Json::new)
}
