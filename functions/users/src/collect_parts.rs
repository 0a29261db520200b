//! Queue collect-parts: every context says when it has done its part of an export or an erasure.

use contracts::users::PartDone;
use kernel::Result;
use messaging::{Received, on_command};
use users::export::{Exports, FILES};
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle)
        .grants([
            Grant::Table(&[Action::Get]),
            Grant::Files(FileAction::Read, FILES),
            Grant::Files(FileAction::Write, FILES),
            Grant::Files(FileAction::Delete, FILES),
        ])
        .one_core()
}

async fn handle(app: App<Exports>, part: Received<PartDone>) -> Result<()> {
    match &part.export_id {
        Some(export) => app.collect(&part, export).await,
        None => app.users.collect_erased(&part).await,
    }
}
