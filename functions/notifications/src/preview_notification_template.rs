//! POST /admin/notification-templates/{key}/preview: an administrator sees what a template says, saved or not.

use kernel::{Problem, Result, Role};
use notifications::Notifications;
use notifications::template::admin::{Preview, Previewed, TemplateKey};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/admin/notification-templates/{key}/preview", handle)
        .roles([Role::Admin])
        .max_body(64 * 1024)
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(
    app: App<Notifications>,
    _: Caller,
    key: Path<TemplateKey>,
    body: Body<Preview>,
) -> Result<Json<Previewed>> {
    app.preview(*key, &body).await.map(Json::new)
}
