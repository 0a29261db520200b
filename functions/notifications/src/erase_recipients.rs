//! Queue erase-recipients: forgets whoever has left.

use contracts::users::UserErased;
use kernel::Result;
use messaging::{Received, on_event};
use notifications::recipient::Recipients;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("erase-recipients", handle).grants([Grant::Table(&[
        Action::BatchWrite,
        Action::Delete,
        Action::Get,
        Action::Query,
    ])])
}

async fn handle(app: App<Recipients>, erased: Received<UserErased>) -> Result<()> {
    app.erase(&erased).await
}
