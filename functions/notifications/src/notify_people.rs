//! Queue notify-people: tells people what concerns them, as the table of rules says.

use kernel::Result;
use messaging::{Received, on_event};
use notifications::Notifications;
use notifications::notify::Told;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("notify-people", handle).grants([Grant::Table(&[Action::BatchGet, Action::Check, Action::Get])])
}

async fn handle(app: App<Notifications>, told: Received<Told>) -> Result<()> {
    app.notify(&told).await
}
