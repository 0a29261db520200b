//! Queue process-webhook: does what the provider told, in whatever order it told it.

use kernel::Result;
use messaging::{Received, on_command};
use payments::Payments;
use payments::webhook::ProcessWebhook;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get, Action::Update])])
}

async fn handle(app: App<Payments>, told: Received<ProcessWebhook>) -> Result<()> {
    app.process_webhook(&told).await
}
