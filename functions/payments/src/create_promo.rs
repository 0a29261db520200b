//! POST /promos: somebody who manages promotions makes a code.

use kernel::{Permission, Result};
use payments::Payments;
use payments::promo::write::{NewPromo, PROMO_TAKEN, PromoView};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/promos", handle)
        .permission(Permission::ManagePromos)
        .problems([PROMO_TAKEN])
        .grants([Grant::Table(&[Action::Put])])
        .calls(2)
}

async fn handle(
    app: App<Payments>,
    _: Caller,
    once: Once,
    body: Body<NewPromo>,
) -> Result<Created<PromoView>> {
    app.create_promo(once, &body).await
}
