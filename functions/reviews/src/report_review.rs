//! POST /reviews/{id}/report: a member says that something is wrong with a review; once.
//!
//! Three reports take it off until a moderator has looked at it.

use kernel::Result;
use reviews::Reviews;
use reviews::review::ReviewId;
use reviews::vote::{ALREADY_VOTED, OWN_REVIEW, Report};
use web::{Action, App, Body, Caller, Function, Grant, NoContent, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/reviews/{id}/report", handle)
        .user()
        .problems([ALREADY_VOTED, OWN_REVIEW])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    once: Once,
    id: Path<ReviewId>,
    body: Body<Report>,
) -> Result<NoContent> {
    app.report(&caller, once, *id, &body).await
}
