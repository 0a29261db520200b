//! PUT /groups/{id}: an administrator changes a group. Its members and its permissions stay.
//!
//! What it allows from now on holds for its members and for those of the groups below it within 30 s.

use identity::account::GroupId;
use identity::group::{GroupForm, GroupView};
use identity::groups::GROUP_NAME_TAKEN;
use identity::operator::Rights;
use kernel::{Problem, Result, Role};
use web::{Action, App, Body, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/groups/{id}", handle)
        .roles([Role::Admin])
        .problems([GROUP_NAME_TAKEN, Problem::CONFLICT])
        .grants([
            Grant::Table(&[Action::BatchGet, Action::Put, Action::Delete]),
            Grant::Sessions(&[Action::Put]),
        ])
        .calls(3)
}

async fn handle(app: App<Rights>, id: Path<GroupId>, body: Body<GroupForm>) -> Result<Json<GroupView>> {
    app.update_group(*id, &body).await
}
