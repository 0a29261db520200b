//! PUT /promos/{code}: somebody who manages promotions changes one. What was promised before holds.

use kernel::{Permission, Result};
use payments::Payments;
use payments::promo::PromoCode;
use payments::promo::write::{PromoFacts, PromoView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/promos/{code}", handle)
        .permission(Permission::ManagePromos)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Payments>,
    _: Caller,
    code: Path<PromoCode>,
    body: Body<PromoFacts>,
) -> Result<Json<PromoView>> {
    app.update_promo(&code, &body).await
}
