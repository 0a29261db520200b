//! Every 5 minutes: sends the digests whose hour has come where their reader lives.

use kernel::{Result, time};
use notifications::Notifications;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(5), handle).grants([Grant::Table(&[
        Action::BatchGet,
        Action::Delete,
        Action::Put,
        Action::Query,
    ])])
}

async fn handle(app: App<Notifications>) -> Result<usize> {
    app.send_digests().await
}
