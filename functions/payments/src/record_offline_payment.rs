//! Queue record-offline-payment: takes into the books what an operator took outside the platform.

use contracts::payments::OfflinePaid;
use kernel::Result;
use messaging::{Received, on_command};
use payments::Payments;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get])])
}

async fn handle(app: App<Payments>, told: Received<OfflinePaid>) -> Result<()> {
    app.record_offline(&told).await
}
