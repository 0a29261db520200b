//! PUT /weekend-getaways/{id}: somebody who manages treks offers one as a weekend away, or does not any more.

use kernel::{Permission, Result};
use tours::Tours;
use tours::trek::getaway::GetawayWish;
use tours::trek::{TrekId, TrekView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/weekend-getaways/{id}", handle)
        .permission(Permission::ManageTreks)
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Tours>,
    _: Caller,
    id: Path<TrekId>,
    body: Body<GetawayWish>,
) -> Result<Json<TrekView>> {
    app.offer_getaway(*id, &body).await.map(Json::new)
}
