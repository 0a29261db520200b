//! Every hour: erases everything about those who left thirty days ago.
//!
//! Once a day would keep the promise; every hour keeps the work of a day on which many leave small.

use kernel::{Result, time};
use messaging::EXPORTS;
use users::erasure::Eraser;
use users::photo;
use web::{Action, App, FileAction, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::hours(1), handle).grants([
        Grant::Table(&[Action::BatchWrite, Action::Delete, Action::Get, Action::Put, Action::Query]),
        Grant::Files(FileAction::Delete, EXPORTS),
        Grant::Files(FileAction::Delete, photo::PHOTOS),
        Grant::Files(FileAction::Delete, photo::UPLOADS),
    ])
}

async fn handle(app: App<Eraser>) -> Result<usize> {
    app.erase_due().await
}
