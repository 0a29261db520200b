//! DELETE /regions/{id}: somebody who manages regions takes one away for good.
//!
//! Refused while a trek points at it.

use kernel::{Permission, Result};
use tours::Tours;
use tours::region::RegionId;
use tours::region::write::IN_USE;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/regions/{id}", handle)
        .permission(Permission::ManageRegions)
        .problems([IN_USE])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<RegionId>) -> Result<NoContent> {
    app.delete_region(*id).await
}
