//! Every minute: sends what waited for the end of somebody's quiet hours.

use kernel::{Result, time};
use notifications::Notifications;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(1), handle).grants([Grant::Table(&[
        Action::Delete,
        Action::Put,
        Action::Query,
    ])])
}

async fn handle(app: App<Notifications>) -> Result<usize> {
    app.release_deferred().await
}
