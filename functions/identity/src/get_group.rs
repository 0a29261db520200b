//! GET /groups/{id}: an administrator reads a group.

use identity::Identity;
use identity::account::GroupId;
use identity::group::GroupView;
use kernel::{Result, Role};
use web::{Action, App, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/groups/{id}", handle).roles([Role::Admin]).grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Identity>, id: Path<GroupId>) -> Result<Json<GroupView>> {
    app.group(*id).await
}
