//! Queue export-accounts: writes down what identity knows of a person who wants a copy.

use identity::export::Exporter;
use kernel::Result;
use messaging::{EXPORTS, Received, on_event};
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("export-accounts", handle)
        .grants([Grant::Table(&[Action::Get, Action::Query]), Grant::Files(FileAction::Write, EXPORTS)])
}

async fn handle(app: App<Exporter>, request: Received<contracts::users::ExportRequested>) -> Result<()> {
    app.export(&request).await
}
