//! PATCH /reviews/{id}: the author, or an administrator, changes a review.
//!
//! The rating of its subject changes with it. What is said of people waits for a moderator again, and cannot be changed any
//! more once both sides are published.

use kernel::Result;
use reviews::Reviews;
use reviews::edit::{REVEALED, ReviewPatch};
use reviews::review::{ReviewId, ReviewView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/reviews/{id}", handle)
        .user()
        .max_body(64 * 1024)
        .problems([REVEALED])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    id: Path<ReviewId>,
    body: Body<ReviewPatch>,
) -> Result<Json<ReviewView>> {
    app.update(&caller, *id, &body).await.map(Json::new)
}
