//! GET /admin/notification-templates/{key}: an administrator reads a template in every language.

use kernel::{Problem, Result, Role};
use notifications::Notifications;
use notifications::template::admin::{TemplateKey, TemplateView};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/admin/notification-templates/{key}", handle)
        .roles([Role::Admin])
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::BatchGet])])
        .calls(2)
}

async fn handle(app: App<Notifications>, _: Caller, key: Path<TemplateKey>) -> Result<Json<TemplateView>> {
    app.template(*key).await.map(Json::new)
}
