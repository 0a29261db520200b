//! GET /workers/{id}/work-history/{entry_id}: anybody sees one job of before.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::child::View;
use users::worker::history::WorkHistory;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/work-history/{entry_id}", handle)
        .public()
        .grants([Grant::Table(&[Action::Get])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<Json<View<WorkHistory>>> {
    app.get_work_history(caller.as_ref(), id.0, entry.0).await
}
