//! POST /workers/{id}/work-history: workers add a job of before.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::child::View;
use users::worker::history::{NewWorkHistory, WorkHistory};
use users::worker::skill::TOO_MANY;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/work-history", handle)
        .user()
        .max_body(64 * 1024)
        .problems([TOO_MANY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    once: Once,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewWorkHistory>,
) -> Result<Created<View<WorkHistory>>> {
    app.add_work_history(once, &caller, id.0, &body).await
}
