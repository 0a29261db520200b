//! Queue keep-log-ins: remembers log-ins, for their owner to look at.

use contracts::identity::UserLoggedIn;
use kernel::Result;
use messaging::{Received, on_event};
use users::Users;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("keep-log-ins", handle).grants([Grant::Table(&[Action::Check, Action::Get])])
}

async fn handle(app: App<Users>, event: Received<UserLoggedIn>) -> Result<()> {
    app.keep_log_in(&event).await
}
