//! Queue cancel-payments: takes back from the provider what is not to be paid any more.

use kernel::Result;
use messaging::{Received, on_command};
use payments::Cashier;
use payments::keys::STRIPE_KEYS;
use payments::poll::CancelPayment;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([
        Grant::Secret(STRIPE_KEYS),
        Grant::Setting("stripe-url"),
        Grant::Table(&[Action::Get]),
    ])
}

async fn handle(app: App<Cashier>, told: Received<CancelPayment>) -> Result<()> {
    app.cancel_payment(&told).await
}
