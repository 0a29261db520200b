//! Queue tidy-inbox: goes on reading or deleting where a request had too much to do.

use kernel::Result;
use messaging::{Received, on_command};
use notifications::Notifications;
use notifications::inbox::TidyInbox;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Delete, Action::Query, Action::Update])])
}

async fn handle(app: App<Notifications>, wish: Received<TidyInbox>) -> Result<()> {
    app.tidy(&wish).await
}
