//! Queue export-bookers: writes what bookings knows of somebody who wants a copy of it.

use bookings::personal::Copier;
use contracts::users::ExportRequested;
use kernel::Result;
use messaging::{EXPORTS, Received, on_event};
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("export-bookers", handle)
        .grants([Grant::Table(&[Action::Query]), Grant::Files(FileAction::Write, EXPORTS)])
}

async fn handle(app: App<Copier>, asked: Received<ExportRequested>) -> Result<()> {
    app.export(&asked).await
}
