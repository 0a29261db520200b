//! Every five minutes: ends the pauses of workers that are over, so that the directory shows them as available again.

use kernel::{Result, time};
use users::Users;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(5), handle).grants([Grant::Table(&[Action::Put, Action::Query])])
}

async fn handle(app: App<Users>) -> Result<usize> {
    app.resume_workers().await
}
