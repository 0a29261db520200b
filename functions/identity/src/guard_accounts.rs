//! Queue guard-accounts: ends the sessions of accounts that look attacked, and locks them if it is critical.

use identity::guard::Alarm;
use identity::operator::Rights;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("guard-accounts", handle).grants([
        Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Query, Action::Update]),
        Grant::Sessions(&[Action::Delete, Action::Update]),
    ])
}

async fn handle(app: App<Rights>, alarm: Received<Alarm>) -> Result<()> {
    app.guard(&alarm).await
}
