//! GET /groups/{id}/users: an administrator sees who is in a group.

use identity::account::GroupId;
use identity::groups::Groups;
use identity::membership::MemberView;
use kernel::page::{Page, PageRequest};
use kernel::{Result, Role};
use web::{Action, App, Function, Grant, Json, Path, Query, get};

pub fn endpoint() -> impl Function {
    get("/groups/{id}/users", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Query, Action::BatchGet, Action::Get]), Grant::Cursors])
        .calls(3)
}

async fn handle(
    app: App<Groups>,
    id: Path<GroupId>,
    page: Query<PageRequest>,
) -> Result<Json<Page<MemberView>>> {
    app.members(*id, &page).await
}
