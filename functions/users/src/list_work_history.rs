//! GET /workers/{id}/work-history: anybody sees where a worker has worked before, the latest first.

use kernel::Result;
use kernel::UserId;
use kernel::page::Page;
use users::Users;
use users::worker::child::View;
use users::worker::history::WorkHistory;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/work-history", handle)
        .public()
        .grants([Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
) -> Result<Json<Page<View<WorkHistory>>>> {
    app.list_work_history(caller.as_ref(), id.0).await
}
