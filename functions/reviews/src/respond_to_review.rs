//! PUT /reviews/{id}/response: the reviewed answers a review.
//!
//! That is the worker, who gave the job, or the staff for tours, treks and products. A second answer takes the first one's place.

use kernel::Result;
use reviews::Reviews;
use reviews::edit::Answer;
use reviews::review::{ReviewId, ReviewView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/reviews/{id}/response", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    id: Path<ReviewId>,
    body: Body<Answer>,
) -> Result<Json<ReviewView>> {
    app.respond(&caller, *id, &body).await.map(Json::new)
}
