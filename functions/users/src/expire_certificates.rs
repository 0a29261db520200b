//! Every day: marks the certificates that have run out.

use kernel::{Result, time};
use users::Users;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::days(1), handle).grants([Grant::Table(&[Action::Get, Action::Put, Action::Query])])
}

async fn handle(app: App<Users>) -> Result<usize> {
    app.expire_certificates().await
}
