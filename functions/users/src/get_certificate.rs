//! GET /workers/{id}/certificates/{certificate_id}: anybody sees a verified certificate; the worker and staff see every one.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::certificate::Certificate;
use users::worker::child::View;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/certificates/{certificate_id}", handle)
        .public()
        .grants([Grant::Table(&[Action::Get])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<Json<View<Certificate>>> {
    app.get_certificate(caller.as_ref(), id.0, entry.0).await
}
