//! DELETE /trek-sections/{id}: somebody who manages sections takes one away for good.
//!
//! Refused while a trek stands in it.

use kernel::{Permission, Result};
use tours::Tours;
use tours::section::SectionId;
use tours::section::write::IN_USE;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/trek-sections/{id}", handle)
        .permission(Permission::TrekSections)
        .problems([IN_USE])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(app: App<Tours>, _: Caller, id: Path<SectionId>) -> Result<NoContent> {
    app.delete_section(*id).await
}
