//! POST /groups/{id}/permissions: an administrator lets the members of a group do one thing more.

use identity::account::GroupId;
use identity::group::GroupView;
use identity::groups::{NewPermission, PERMISSION_PRESENT};
use identity::operator::Rights;
use kernel::{Problem, Result, Role};
use web::{Action, App, Body, Function, Grant, Json, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/groups/{id}/permissions", handle)
        .roles([Role::Admin])
        .problems([PERMISSION_PRESENT, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put]), Grant::Sessions(&[Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Rights>,
    once: Once,
    id: Path<GroupId>,
    body: Body<NewPermission>,
) -> Result<Json<GroupView>> {
    app.add_permission(once, *id, *body).await
}
