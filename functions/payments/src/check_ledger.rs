//! Every night: holds the ledger against the provider's own. A difference is told and fails the run, so that its alarm rings.

use kernel::{Result, time};
use payments::Cashier;
use payments::keys::STRIPE_KEYS;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::hours(24), handle).grants([
        Grant::Secret(STRIPE_KEYS),
        Grant::Setting("stripe-url"),
        Grant::Table(&[Action::Put, Action::Query]),
    ])
}

async fn handle(app: App<Cashier>) -> Result<usize> {
    app.check_ledger().await
}
