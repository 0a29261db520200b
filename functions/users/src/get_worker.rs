//! GET /workers/{id}: anybody looks at a worker.
//!
//! It counts as a view, once for each viewer and day.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::view::WorkerView;
use web::{Action, App, Caller, Client, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}", handle)
        .public()
        .grants([Grant::Table(&[Action::BatchGet, Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    client: Client,
    id: Path<UserId>,
) -> Result<Json<WorkerView>> {
    app.view_worker(caller.as_ref(), &client, id.0).await
}
