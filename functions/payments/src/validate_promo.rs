//! POST /promos/validate: somebody asks what a code takes off, and why not when it does not.

use kernel::Result;
use payments::Payments;
use payments::promo::validate::{PromoAnswer, PromoQuestion};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/promos/validate", handle).user().grants([Grant::Table(&[Action::Get])]).calls(3)
}

async fn handle(app: App<Payments>, _: Caller, body: Body<PromoQuestion>) -> Result<Json<PromoAnswer>> {
    app.validate_promo(&body).await
}
