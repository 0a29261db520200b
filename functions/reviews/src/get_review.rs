//! GET /reviews/{id}: a member reads one review.
//!
//! Before it is published it is there for its author and for moderators only.

use kernel::Result;
use reviews::Reviews;
use reviews::review::{ReviewId, ReviewView};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/reviews/{id}", handle).user().grants([Grant::Table(&[Action::Get])]).calls(3)
}

async fn handle(app: App<Reviews>, caller: Caller, id: Path<ReviewId>) -> Result<Json<ReviewView>> {
    app.show(&caller, *id).await.map(Json::new)
}
