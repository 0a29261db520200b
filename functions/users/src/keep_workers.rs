//! Queue keep-workers: gives whoever has the role a worker's profile, and keeps what identity tells of them.

use contracts::identity::AccountChanged;
use kernel::Result;
use messaging::{Received, on_event};
use users::Users;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("keep-workers", handle).grants([Grant::Table(&[Action::Check, Action::Get, Action::Put])])
}

async fn handle(app: App<Users>, account: Received<AccountChanged>) -> Result<()> {
    app.keep_worker(&account).await
}
