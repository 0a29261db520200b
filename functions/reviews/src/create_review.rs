//! POST /reviews: somebody reviews what they have booked, bought or worked on.
//!
//! The author is whoever is signed in. Each may review a thing once. What is said of tours, treks and products stands at once;
//! what is said of people waits for a moderator, and for what the other side says.

use kernel::{Problem, Result};
use reviews::Reviews;
use reviews::create::{NOT_ELIGIBLE, NewReview};
use reviews::review::ReviewView;
use reviews::settle::ALREADY_REVIEWED;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/reviews", handle)
        .user()
        .max_body(64 * 1024)
        .problems([Problem::NOT_FOUND, ALREADY_REVIEWED, NOT_ELIGIBLE])
        .grants([Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Get,
            Action::Put,
            Action::Query,
            Action::Update,
        ])])
        .calls(5)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    once: Once,
    body: Body<NewReview>,
) -> Result<Created<ReviewView>> {
    let (subject, written) = body.read()?;
    app.create(&caller, once, &subject, &written).await
}
