//! PUT /workers/{id}/work-history/{entry_id}: workers change a job of before.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::child::View;
use users::worker::history::{NewWorkHistory, WorkHistory};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/work-history/{entry_id}", handle)
        .user()
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
    body: Body<NewWorkHistory>,
) -> Result<Json<View<WorkHistory>>> {
    app.change_work_history(&caller, id.0, entry.0, &body).await
}
