//! Queue identity-mail: sends the mails that carry codes and links.

use identity::TOKEN_KEY;
use identity::mail::{IdentityMail, Postman};
use kernel::Result;
use messaging::{Received, on_command};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).delivers().grants([
        Grant::Table(&[Action::BatchGet, Action::Check, Action::Get, Action::Put]),
        Grant::Secret(TOKEN_KEY),
        Grant::Mail,
    ])
}

async fn handle(app: App<Postman>, mail: Received<IdentityMail>) -> Result<()> {
    app.send(&mail).await
}
