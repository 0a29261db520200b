//! Every 15 minutes: asks the provider after payments and refunds of which nothing is heard.

use kernel::{Result, time};
use payments::Cashier;
use payments::keys::STRIPE_KEYS;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(15), handle).grants([
        Grant::Secret(STRIPE_KEYS),
        Grant::Setting("stripe-url"),
        Grant::Table(&[Action::Get, Action::Put, Action::Query]),
    ])
}

async fn handle(app: App<Cashier>) -> Result<usize> {
    app.poll().await
}
