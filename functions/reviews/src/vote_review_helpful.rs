//! POST /reviews/{id}/helpful: a member says that a review helped them; once.

use kernel::Result;
use reviews::Reviews;
use reviews::review::ReviewId;
use reviews::vote::{ALREADY_VOTED, Helpful, OWN_REVIEW};
use web::{Action, App, Caller, Function, Grant, Json, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/reviews/{id}/helpful", handle)
        .user()
        .problems([ALREADY_VOTED, OWN_REVIEW])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(app: App<Reviews>, caller: Caller, once: Once, id: Path<ReviewId>) -> Result<Json<Helpful>> {
    app.vote_helpful(&caller, once, *id).await
}
