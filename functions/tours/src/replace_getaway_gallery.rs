//! PUT /weekend-getaways/{id}/gallery: somebody who manages treks says which pictures there are of a weekend away.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::getaway::NewGallery;
use tours::trek::{TrekId, TrekView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/weekend-getaways/{id}/gallery", handle)
        .permission(Permission::ManageTreks)
        .max_body(48 * 1024)
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<TrekId>,
    body: Body<NewGallery>,
) -> Result<Json<TrekView>> {
    app.replace_gallery(*id, &body).await.map(Json::new)
}
