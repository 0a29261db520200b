//! Every minute: ends exports whose time has come with the parts that are there.

use kernel::{Result, time};
use messaging::EXPORTS;
use users::export::Exports;
use web::{Action, App, FileAction, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(1), handle).grants([
        Grant::Table(&[Action::Get, Action::Put, Action::Query]),
        Grant::Files(FileAction::Read, EXPORTS),
        Grant::Files(FileAction::Write, EXPORTS),
        Grant::Files(FileAction::Delete, EXPORTS),
    ])
}

async fn handle(app: App<Exports>) -> Result<usize> {
    app.finish_due().await
}
