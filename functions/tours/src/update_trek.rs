//! PUT /treks/{id}: somebody who manages treks says all of it anew.
//!
//! Whether it is on sale stays as it is.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::{TrekFacts, TrekId, TrekView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/treks/{id}", handle)
        .also("PUT", "/api/treks/{id}")
        .permission(Permission::ManageTreks)
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::BatchGet, Action::Delete, Action::Get, Action::Put, Action::Update])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<TrekId>,
    body: Body<TrekFacts>,
) -> Result<Json<TrekView>> {
    app.update_trek(*id, &body).await.map(Json::new)
}
