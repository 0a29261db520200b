//! Queue close-due: asks no more for what is not due any more, and gives back the use of its promotion.

use contracts::payments::DueLapsed;
use kernel::Result;
use messaging::{Received, on_command};
use payments::Payments;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get, Action::Update])])
}

async fn handle(app: App<Payments>, told: Received<DueLapsed>) -> Result<()> {
    app.close_due(&told).await
}
