//! GET /reviews/candidates: somebody sees what they may review and have not.
//!
//! A page is made of one page of what they booked, bought and did, so it may be short before the last one.

use kernel::Result;
use kernel::page::{Page, PageRequest};
use reviews::eligible::{Candidate, Reminder};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/reviews/candidates", handle)
        .user()
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Reminder>,
    caller: Caller,
    request: Query<PageRequest>,
) -> Result<Json<Page<Candidate>>> {
    app.candidates(&caller, &request).await.map(Json::new)
}
