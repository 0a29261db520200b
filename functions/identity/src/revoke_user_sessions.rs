//! POST /admin/users/{id}/revoke-sessions: an administrator signs somebody out everywhere.

use identity::operator::Rights;
use kernel::{Result, Role, UserId};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, post};

pub fn endpoint() -> impl Function {
    post("/admin/users/{id}/revoke-sessions", handle)
        .roles([Role::Admin])
        .grants([
            Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Query]),
            Grant::Sessions(&[Action::Delete, Action::Update]),
        ])
        .calls(5)
}

async fn handle(app: App<Rights>, caller: Caller, id: Path<UserId>) -> Result<NoContent> {
    app.revoke_sessions(&caller, *id).await
}
