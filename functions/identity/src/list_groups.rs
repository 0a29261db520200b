//! GET /groups: an administrator looks through the groups, by name.

use identity::group::GroupView;
use identity::groups::Groups;
use kernel::page::{Page, PageRequest};
use kernel::{Result, Role};
use web::{Action, App, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/groups", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Query]), Grant::Cursors])
        .calls(2)
}

async fn handle(app: App<Groups>, page: Query<PageRequest>) -> Result<Json<Page<GroupView>>> {
    app.list(&page).await
}
