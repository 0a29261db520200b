//! DELETE /notifications: somebody throws everything away that is there now.
//!
//! Fifty at once; a larger inbox goes on by itself.

use kernel::Result;
use notifications::Notifications;
use web::{Action, App, Caller, Function, Grant, NoContent, delete};

pub fn endpoint() -> impl Function {
    delete("/notifications", handle)
        .user()
        .grants([Grant::Table(&[Action::Delete, Action::Put, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Notifications>, caller: Caller) -> Result<NoContent> {
    app.remove_all(&caller).await
}
