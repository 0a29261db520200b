//! DELETE /notifications/{id}: somebody throws something away.

use kernel::{Problem, Result};
use notifications::Notifications;
use notifications::notice::NotificationId;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/notifications/{id}", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Delete])])
        .calls(2)
}

async fn handle(app: App<Notifications>, caller: Caller, id: Path<NotificationId>) -> Result<NoContent> {
    app.remove(&caller, *id).await
}
