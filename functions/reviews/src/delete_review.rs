//! DELETE /reviews/{id}: the author, or an administrator, deletes a review.

use kernel::Result;
use reviews::Reviews;
use reviews::review::ReviewId;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/reviews/{id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(app: App<Reviews>, caller: Caller, id: Path<ReviewId>) -> Result<NoContent> {
    app.delete(&caller, *id).await
}
