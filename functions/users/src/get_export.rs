//! GET /users/me/export/{id}: somebody looks whether their copy is ready, and where it is.

use kernel::Result;
use messaging::EXPORTS;
use users::export::{ExportId, ExportView, Exports};
use web::{Action, App, Caller, FileAction, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/users/me/export/{id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Get]), Grant::Files(FileAction::Read, EXPORTS)])
        .calls(3)
}

async fn handle(app: App<Exports>, caller: Caller, id: Path<ExportId>) -> Result<Json<ExportView>> {
    app.look(&caller, *id).await
}
