//! GET /bookings/{id}: its owner, a lead guide, or somebody who may see all bookings looks at one.

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::view::BookingView;
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/bookings/{id}", handle)
        .also("GET", "/api/bookings/{id}")
        .user()
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(app: App<Bookings>, caller: Caller, id: Path<BookingId>) -> Result<Json<BookingView>> {
    app.show(&caller, *id).await.map(Json::new)
}
