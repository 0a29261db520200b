//! PUT /reviews/{id}/moderate: a moderator says what becomes of a review.
//!
//! Only approved reviews are shown and count; the rating of the subject changes with it.

use kernel::{Result, Role};
use reviews::Reviews;
use reviews::moderate::Judgement;
use reviews::review::{ReviewId, ReviewView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/reviews/{id}/moderate", handle)
        .roles([Role::Admin, Role::Staff])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    id: Path<ReviewId>,
    body: Body<Judgement>,
) -> Result<Json<ReviewView>> {
    app.moderate(&caller, *id, &body).await.map(Json::new)
}
