//! Queue export-users: writes what users knows of somebody who wants a copy of it.

use contracts::users::ExportRequested;
use kernel::Result;
use messaging::{EXPORTS, Received, on_event};
use users::export::Exports;
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("export-users", handle)
        .grants([Grant::Table(&[Action::Get, Action::Query]), Grant::Files(FileAction::Write, EXPORTS)])
}

async fn handle(app: App<Exports>, asked: Received<ExportRequested>) -> Result<()> {
    app.export_own(&asked).await
}
