//! Every minute: ends exports whose time has come with the parts that are there.

use kernel::{Result, time};
use users::export::{Exports, FILES};
use web::{Action, App, FileAction, Function, Grant};

pub fn schedule() -> impl Function {
    messaging::every(time::minutes(1), handle).grants([
        Grant::Table(&[Action::Get, Action::Put, Action::Query]),
        Grant::Files(FileAction::Read, FILES),
        Grant::Files(FileAction::Write, FILES),
        Grant::Files(FileAction::Delete, FILES),
    ])
}

async fn handle(app: App<Exports>) -> Result<usize> {
    app.finish_due().await
}
