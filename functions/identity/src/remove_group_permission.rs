//! DELETE /groups/{id}/permissions/{name}: an administrator takes a permission from a group.

use identity::account::GroupId;
use identity::operator::Rights;
use kernel::{Permission, Problem, Result, Role};
use web::{Action, App, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/groups/{id}/permissions/{name}", handle)
        .roles([Role::Admin])
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put]), Grant::Sessions(&[Action::Put])])
        .calls(3)
}

async fn handle(app: App<Rights>, id: Path<GroupId>, name: Path<Permission>) -> Result<NoContent> {
    app.remove_permission(*id, *name).await
}
