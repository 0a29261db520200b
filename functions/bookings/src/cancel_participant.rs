//! PUT /bookings/{id}/participants/{participant_id}/cancel: the owner or an operator cancels one of several.
//!
//! One seat becomes free, and the policy's share of what was paid for it goes back. The last one cancels the booking.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::CancelWish;
use bookings::participant::ParticipantId;
use bookings::saga::NOT_NOW;
use bookings::view::BookingView;
use kernel::Result;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/bookings/{id}/participants/{participant_id}/cancel", handle)
        .also("PUT", "/api/bookings/{id}/participants/{participant_id}/cancel")
        .user()
        .problems([NOT_NOW])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    id: Path<BookingId>,
    participant: Path<ParticipantId>,
    body: Body<CancelWish>,
) -> Result<Json<BookingView>> {
    app.cancel_participant(&caller, *id, *participant, &body).await.map(Json::new)
}
