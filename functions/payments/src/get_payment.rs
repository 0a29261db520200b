//! GET /payments/{id}: somebody looks at one of their payments.

use kernel::Result;
use payments::Payments;
use payments::payment::{PaymentId, PaymentView};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/payments/{id}", handle).user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Payments>, caller: Caller, id: Path<PaymentId>) -> Result<Json<PaymentView>> {
    app.own_payment(&caller, *id).await.map(PaymentView::from).map(Json::new)
}
