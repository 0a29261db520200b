//! PUT /workers/{id}/certificates/{certificate_id}: workers change a certificate.
//!
//! What staff said of it is void: it is a draft again, or handed in anew.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::certificate::{Certificate, NewCertificate};
use users::worker::child::View;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/certificates/{certificate_id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
    body: Body<NewCertificate>,
) -> Result<Json<View<Certificate>>> {
    app.change_certificate(&caller, id.0, entry.0, &body).await
}
