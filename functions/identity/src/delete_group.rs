//! DELETE /groups/{id}: an administrator deletes an empty group.

use identity::account::GroupId;
use identity::groups::GROUP_IN_USE;
use identity::operator::Rights;
use kernel::{Result, Role};
use web::{Action, App, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/groups/{id}", handle)
        .roles([Role::Admin])
        .problems([GROUP_IN_USE])
        .grants([
            Grant::Table(&[Action::BatchGet, Action::Put, Action::Delete]),
            Grant::Sessions(&[Action::Delete]),
        ])
        .calls(3)
}

async fn handle(app: App<Rights>, id: Path<GroupId>) -> Result<NoContent> {
    app.delete_group(*id).await
}
