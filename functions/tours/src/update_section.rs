//! PUT /trek-sections/{id}: somebody who manages sections says all of it anew.

use kernel::{Permission, Result};
use tours::Tours;
use tours::section::write::NAME_TAKEN;
use tours::section::{SectionFacts, SectionId, SectionView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/trek-sections/{id}", handle)
        .permission(Permission::TrekSections)
        .max_body(20 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<SectionId>,
    body: Body<SectionFacts>,
) -> Result<Json<SectionView>> {
    app.update_section(*id, &body).await.map(Json::new)
}
