//! GET /groups/permissions/{type}: an administrator asks what a group of such people usually may.

use identity::group::GroupPermission;
use identity::groups::Kind;
use kernel::{Result, Role};
use web::{App, Function, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/groups/permissions/{type}", handle).roles([Role::Admin]).calls(1)
}

async fn handle(_: App<()>, kind: Path<Kind>) -> Result<Json<Vec<GroupPermission>>> {
    Ok(Json::new(kind.defaults()))
}
