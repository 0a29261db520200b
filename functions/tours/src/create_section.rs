//! POST /trek-sections: somebody who manages sections writes a new one.
//!
//! Of the catalogue, for treks to stand in; or of the home page, with treks or a banner.

use kernel::{Permission, Result};
use tours::Tours;
use tours::section::write::NAME_TAKEN;
use tours::section::{SectionFacts, SectionView};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/trek-sections", handle)
        .permission(Permission::TrekSections)
        .max_body(20 * 1024)
        .problems([NAME_TAKEN])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    once: Once,
    body: Body<SectionFacts>,
) -> Result<Created<SectionView>> {
    app.create_section(once, &body).await
}
