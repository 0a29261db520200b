//! POST /auth/account/deactivate: somebody closes their account until they come back.

use identity::confirm::OwnPassword;
use identity::lockout::LOCKED;
use identity::operator::Rights;
use identity::proof::WRONG_PASSWORD;
use kernel::Result;
use web::{Action, App, Body, Caller, Client, Function, Grant, NoContent, post};

pub fn endpoint() -> impl Function {
    post("/auth/account/deactivate", handle)
        .user()
        .problems([WRONG_PASSWORD, LOCKED])
        .grants([
            Grant::Table(&[
                Action::BatchGet,
                Action::Check,
                Action::Delete,
                Action::Put,
                Action::Query,
                Action::Update,
            ]),
            Grant::Sessions(&[Action::Delete, Action::Update]),
        ])
        .calls(5)
        .one_core()
}

async fn handle(
    app: App<Rights>,
    caller: Caller,
    client: Client,
    body: Body<OwnPassword>,
) -> Result<NoContent> {
    app.deactivate(&caller, &body, &client).await
}
