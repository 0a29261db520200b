//! POST /payments/verify: a client says that it has paid; the provider is asked at once.

use kernel::{Problem, Result, time};
use payments::keys::{NOT_CONFIGURED, STRIPE_KEYS};
use payments::payment::PaymentView;
use payments::session::Claim;
use payments::{Cashier, PAYING};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/payments/verify", handle)
        .also("POST", "/api/payments/verify")
        .user()
        .limit(PAYING)
        .timeout(time::seconds(25))
        .problems([Problem::NOT_FOUND, NOT_CONFIGURED])
        .grants([
            Grant::Secret(STRIPE_KEYS),
            Grant::Setting("stripe-url"),
            Grant::Table(&[Action::Get, Action::Put]),
        ])
        .calls(6)
}

async fn handle(app: App<Cashier>, caller: Caller, body: Body<Claim>) -> Result<Json<PaymentView>> {
    app.verify(&caller, body.payment_id).await.map(Json::new)
}
