//! Queue open-due: takes what is due, as the owners of subjects say it, and opens the provider's page where one is wanted.

use contracts::payments::PaymentDue;
use kernel::Result;
use messaging::{Received, on_command};
use payments::Cashier;
use payments::keys::STRIPE_KEYS;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([
        Grant::Secret(STRIPE_KEYS),
        Grant::Setting("stripe-url"),
        Grant::Table(&[Action::Check, Action::Get, Action::Update]),
    ])
}

async fn handle(app: App<Cashier>, told: Received<PaymentDue>) -> Result<()> {
    app.open_due(&told).await
}
