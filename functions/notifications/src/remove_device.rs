//! DELETE /notifications/devices/{id}: somebody does not want to be told things on a device any more.

use kernel::text::Text;
use kernel::{Problem, Result};
use notifications::Notifications;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/notifications/devices/{id}", handle)
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Notifications>, caller: Caller, id: Path<Text<1, 64>>) -> Result<NoContent> {
    app.remove_device(&caller, id.as_str()).await
}
