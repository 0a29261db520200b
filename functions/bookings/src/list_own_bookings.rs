//! GET /bookings/me: somebody sees their bookings, the newest first.

use bookings::Desk;
use bookings::view::BookingView;
use kernel::Result;
use kernel::page::{Page, PageRequest};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/bookings/me", handle)
        .also("GET", "/api/v1/bookings/user")
        .also("GET", "/api/bookings/user")
        .user()
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(
    app: App<Desk>,
    caller: Caller,
    request: Query<PageRequest>,
) -> Result<Json<Page<BookingView>>> {
    app.list_own(&caller, &request).await.map(Json::new)
}
