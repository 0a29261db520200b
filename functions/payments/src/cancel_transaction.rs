//! POST /transactions/{id}/cancel: somebody gives up a payment that nothing came of yet.
//!
//! The id is the payment's: no money has moved. What is due stays due.

use kernel::{Result, time};
use payments::keys::{NOT_CONFIGURED, STRIPE_KEYS};
use payments::list::NOT_PENDING;
use payments::payment::{PaymentId, PaymentView};
use payments::{Cashier, PAYING};
use web::{Action, App, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/transactions/{id}/cancel", handle)
        .user()
        .limit(PAYING)
        .timeout(time::seconds(28))
        .problems([NOT_CONFIGURED, NOT_PENDING])
        .grants([
            Grant::Secret(STRIPE_KEYS),
            Grant::Setting("stripe-url"),
            Grant::Table(&[Action::Get, Action::Put]),
        ])
        .calls(5)
}

async fn handle(app: App<Cashier>, caller: Caller, id: Path<PaymentId>) -> Result<Json<PaymentView>> {
    app.cancel_pending(&caller, *id).await
}
