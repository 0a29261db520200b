//! Queue fan-out-broadcast: tells a page of people what everybody is told, and orders the next page.

use kernel::Result;
use messaging::{Received, on_command};
use notifications::Notifications;
use notifications::broadcast::FanOut;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get, Action::Query, Action::Update])])
}

async fn handle(app: App<Notifications>, order: Received<FanOut>) -> Result<()> {
    app.fan_out(&order).await
}
