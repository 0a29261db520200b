//! Queue keep-profiles: keeps accounts as profiles, as identity tells of them.

use contracts::identity::AccountChanged;
use kernel::Result;
use messaging::{Received, on_event};
use users::{EDITS, Users};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("keep-profiles", handle).grants([EDITS, Grant::Table(&[Action::Check])])
}

async fn handle(app: App<Users>, account: Received<AccountChanged>) -> Result<()> {
    app.keep(&account).await
}
