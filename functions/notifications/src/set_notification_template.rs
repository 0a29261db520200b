//! PUT /admin/notification-templates/{key}: an administrator says a template in other words, in one language.
//!
//! What cannot be read, or uses variables that the template has not, is refused. Older versions are kept.

use kernel::{Problem, Result, Role};
use notifications::Notifications;
use notifications::template::admin::{FormView, NewWording, TemplateKey};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/admin/notification-templates/{key}", handle)
        .roles([Role::Admin])
        .max_body(64 * 1024)
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Notifications>,
    caller: Caller,
    key: Path<TemplateKey>,
    body: Body<NewWording>,
) -> Result<Json<FormView>> {
    app.set_template(&caller, *key, &body).await.map(Json::new)
}
