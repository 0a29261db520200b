//! GET /notifications/unread-count: somebody sees how much they have not read; nobody needs a larger number than 99.

use kernel::Result;
use notifications::Notifications;
use notifications::inbox::UnreadCount;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/notifications/unread-count", handle).user().grants([Grant::Table(&[Action::Query])]).calls(2)
}

async fn handle(app: App<Notifications>, caller: Caller) -> Result<Json<UnreadCount>> {
    app.count_unread(&caller).await.map(Json::new)
}
