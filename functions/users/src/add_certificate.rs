//! POST /workers/{id}/certificates: workers add a certificate, as a draft or to be checked.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::certificate::{Certificate, NewCertificate};
use users::worker::child::View;
use users::worker::skill::TOO_MANY;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/certificates", handle)
        .user()
        .problems([TOO_MANY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    once: Once,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewCertificate>,
) -> Result<Created<View<Certificate>>> {
    app.add_certificate(once, &caller, id.0, &body).await
}
