//! GET /workers/{id}/certificates: anybody sees a worker's verified certificates; the worker and staff see all.

use kernel::Result;
use kernel::UserId;
use kernel::page::Page;
use users::Users;
use users::worker::certificate::Certificate;
use users::worker::child::View;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/certificates", handle)
        .public()
        .grants([Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
) -> Result<Json<Page<View<Certificate>>>> {
    app.list_certificates(caller.as_ref(), id.0).await
}
