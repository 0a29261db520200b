//! Queue open-refund: spreads what is owed back over what was paid.

use contracts::payments::RefundOwed;
use kernel::Result;
use messaging::{Received, on_command};
use payments::Payments;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get, Action::Query])])
}

async fn handle(app: App<Payments>, owed: Received<RefundOwed>) -> Result<()> {
    app.open_refund(&owed).await
}
