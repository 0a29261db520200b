//! Queue keep-recipients: keeps how people are reached and what they wish, as identity and users tell it.

use kernel::Result;
use messaging::{Received, on_event};
use notifications::recipient::{PersonTold, Recipients};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("keep-recipients", handle).grants([Grant::Table(&[Action::Get, Action::Update])])
}

async fn handle(app: App<Recipients>, told: Received<PersonTold>) -> Result<()> {
    app.hear(told).await
}
