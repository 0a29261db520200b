//! PATCH /notifications/read-all: somebody has read everything that is there now.
//!
//! Fifty at once; a larger inbox goes on by itself.

use kernel::{Problem, Result};
use notifications::Notifications;
use web::{Action, App, Caller, Function, Grant, NoContent, patch};

pub fn endpoint() -> impl Function {
    patch("/notifications/read-all", handle)
        .user()
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Put, Action::Query, Action::Update])])
        .calls(3)
}

async fn handle(app: App<Notifications>, caller: Caller) -> Result<NoContent> {
    app.read_all(&caller).await
}
