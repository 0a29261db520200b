//! Queue export-payments: writes what payments knows of somebody who wants a copy of it.

use contracts::users::ExportRequested;
use kernel::Result;
use messaging::{EXPORTS, Received, on_event};
use payments::personal::Copier;
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("export-payments", handle)
        .grants([Grant::Table(&[Action::Query]), Grant::Files(FileAction::Write, EXPORTS)])
}

async fn handle(app: App<Copier>, asked: Received<ExportRequested>) -> Result<()> {
    app.export(&asked).await
}
