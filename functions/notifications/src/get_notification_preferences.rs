//! GET /notifications/preferences: somebody sees by which channels they are told of what.

use kernel::Result;
use notifications::Notifications;
use notifications::preferences::PreferencesView;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/notifications/preferences", handle).user().grants([Grant::Table(&[Action::BatchGet])]).calls(2)
}

async fn handle(app: App<Notifications>, caller: Caller) -> Result<Json<PreferencesView>> {
    app.preferences(&caller).await.map(Json::new)
}
