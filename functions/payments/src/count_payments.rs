//! Queue count-payments: counts what moved, day by day.

use kernel::Result;
use messaging::{Received, on_command};
use payments::Payments;
use payments::ledger::CountPayment;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Update])])
}

async fn handle(app: App<Payments>, told: Received<CountPayment>) -> Result<()> {
    app.count(&told).await
}
