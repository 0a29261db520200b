//! Queue export-reviews: writes what reviews knows of somebody who wants a copy of it.

use contracts::users::ExportRequested;
use kernel::Result;
use messaging::{EXPORTS, Received, on_event};
use reviews::personal::Copier;
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("export-reviews", handle)
        .grants([Grant::Table(&[Action::Query]), Grant::Files(FileAction::Write, EXPORTS)])
}

async fn handle(app: App<Copier>, asked: Received<ExportRequested>) -> Result<()> {
    app.export(&asked).await
}
