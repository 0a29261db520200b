//! Queue send-requested: tells people what another context asks for.

use contracts::notifications::Send;
use kernel::Result;
use messaging::{Received, on_command};
use notifications::Notifications;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::BatchGet, Action::Check, Action::Get])])
}

async fn handle(app: App<Notifications>, asked: Received<Send>) -> Result<()> {
    app.send(&asked).await
}
