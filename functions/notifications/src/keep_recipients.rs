//! Queue keep-recipients: keeps how people are reached, as identity tells it.

use contracts::identity::AccountChanged;
use kernel::Result;
use messaging::{Received, on_event};
use notifications::recipient::Recipients;
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("keep-recipients", handle)
}

async fn handle(app: App<Recipients>, account: Received<AccountChanged>) -> Result<()> {
    app.keep(account.message).await
}
