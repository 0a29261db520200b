//! GET /bookings: an operator looks through all bookings, the newest first, with the numbers of all.
//!
//! By one of trek, tour, batch, day, or a reference or address; a status narrows the page.

use bookings::Desk;
use bookings::list::{BookingList, BookingQuery, must_see_all};
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/bookings", handle)
        .also("GET", "/api/bookings")
        .user()
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Get, Action::Query])])
        .calls(4)
}

async fn handle(app: App<Desk>, caller: Caller, query: Query<BookingQuery>) -> Result<Json<BookingList>> {
    must_see_all(&caller)?;
    app.list_bookings(&query).await.map(Json::new)
}
