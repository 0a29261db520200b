//! Queue collect-parts: every context says when it has done its part of an export or an erasure.

use contracts::users::PartDone;
use kernel::Result;
use messaging::{EXPORTS, Received, on_command};
use users::export::Exports;
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle)
        .grants([
            Grant::Table(&[Action::Get]),
            Grant::Files(FileAction::Read, EXPORTS),
            Grant::Files(FileAction::Write, EXPORTS),
            Grant::Files(FileAction::Delete, EXPORTS),
        ])
        .one_core()
}

async fn handle(app: App<Exports>, part: Received<PartDone>) -> Result<()> {
    match &part.export_id {
        Some(export) => app.collect(&part, export).await,
        None => app.users.collect_erased(&part).await,
    }
}
