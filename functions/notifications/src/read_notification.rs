//! PATCH /notifications/{id}/read: somebody has read something. Read again, it stays read.

use kernel::{Problem, Result};
use notifications::Notifications;
use notifications::notice::{NoticeView, NotificationId};
use web::{Action, App, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/notifications/{id}/read", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Notifications>,
    caller: Caller,
    id: Path<NotificationId>,
) -> Result<Json<NoticeView>> {
    app.read(&caller, *id).await.map(Json::new)
}
