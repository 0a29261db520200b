//! GET /admin/notification-templates: an administrator sees which words there are.

use kernel::{Result, Role};
use notifications::Notifications;
use notifications::template::admin::TemplateList;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/admin/notification-templates", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::BatchGet])])
        .calls(2)
}

async fn handle(app: App<Notifications>, _: Caller) -> Result<Json<TemplateList>> {
    app.templates().await.map(Json::new)
}
