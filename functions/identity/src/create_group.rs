//! POST /groups: an administrator makes a group.

use identity::group::{GroupForm, GroupView};
use identity::groups::GROUP_NAME_TAKEN;
use identity::operator::Rights;
use kernel::{Result, Role};
use web::{Action, App, Body, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/groups", handle)
        .roles([Role::Admin])
        .problems([GROUP_NAME_TAKEN])
        .grants([Grant::Table(&[Action::Get, Action::Put]), Grant::Sessions(&[Action::Put])])
        .calls(3)
}

async fn handle(app: App<Rights>, once: Once, body: Body<GroupForm>) -> Result<Created<GroupView>> {
    app.create_group(once, &body).await
}
