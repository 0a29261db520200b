//! Queue run-refunds: has the provider give money back.

use kernel::Result;
use messaging::{Received, on_command};
use payments::Cashier;
use payments::keys::STRIPE_KEYS;
use payments::refund::run::RunRefund;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([
        Grant::Secret(STRIPE_KEYS),
        Grant::Setting("stripe-url"),
        Grant::Table(&[Action::Get]),
    ])
}

async fn handle(app: App<Cashier>, told: Received<RunRefund>) -> Result<()> {
    app.run_refund(&told).await
}
