//! DELETE /promos/{code}: somebody who manages promotions takes one away. What was promised before holds.

use kernel::{Permission, Result};
use payments::Payments;
use payments::promo::PromoCode;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/promos/{code}", handle)
        .permission(Permission::ManagePromos)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Payments>, _: Caller, code: Path<PromoCode>) -> Result<NoContent> {
    app.delete_promo(&code).await
}
