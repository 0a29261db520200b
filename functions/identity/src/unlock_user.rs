//! POST /admin/users/{id}/unlock: an administrator lets a locked account try passwords again.

use identity::operator::Rights;
use kernel::{Result, Role, UserId};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, post};

pub fn endpoint() -> impl Function {
    post("/admin/users/{id}/unlock", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Query])])
        .calls(4)
}

async fn handle(app: App<Rights>, caller: Caller, id: Path<UserId>) -> Result<NoContent> {
    app.unlock(&caller, *id).await
}
