//! POST /workers/{id}/certificates/{certificate_id}/verify: staff takes a certificate that was handed in, or does not.

use kernel::Result;
use kernel::{Role, UserId};
use users::Users;
use users::worker::EntryId;
use users::worker::certificate::{Certificate, NOT_PENDING, Verdict};
use users::worker::child::View;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/certificates/{certificate_id}/verify", handle)
        .roles([Role::Staff, Role::Admin])
        .problems([NOT_PENDING])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
    body: Body<Verdict>,
) -> Result<Json<View<Certificate>>> {
    app.verify_certificate(&caller, id.0, entry.0, &body).await
}
