//! GET /promos/{code}: somebody who manages promotions looks at one, and how often it is used.

use kernel::{Permission, Result};
use payments::Payments;
use payments::promo::PromoCode;
use payments::promo::write::PromoView;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/promos/{code}", handle)
        .permission(Permission::ManagePromos)
        .grants([Grant::Table(&[Action::Get])])
        .calls(3)
}

async fn handle(app: App<Payments>, _: Caller, code: Path<PromoCode>) -> Result<Json<PromoView>> {
    app.show_promo(&code).await
}
