//! Queue count-accounts: keeps the numbers of accounts and log-ins, as identity tells them.

use identity::Identity;
use identity::count::Countable;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("count-accounts", handle).grants([Grant::Table(&[
        Action::BatchGet,
        Action::Delete,
        Action::Put,
        Action::Update,
    ])])
}

async fn handle(app: App<Identity>, event: Received<Countable>) -> Result<()> {
    app.count(&event).await
}
