//! Every minute: publishes two-way reviews whose other side was not written in time.

use kernel::{Result, time};
use messaging::every;
use reviews::Reviews;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    every(time::minutes(1), handle).grants([Grant::Table(&[
        Action::Get,
        Action::Put,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Reviews>) -> Result<usize> {
    app.reveal_due().await
}
