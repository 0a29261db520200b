//! Queue send-mail: sends the mails of the log.

use kernel::Result;
use messaging::{Received, on_command};
use notifications::mail::post::{ENCLOSURES, Postman};
use notifications::work::SendMail;
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).delivers().grants([
        Grant::Table(&[Action::Get]),
        Grant::Cursors,
        Grant::Files(FileAction::Read, ENCLOSURES),
        Grant::Letters,
    ])
}

async fn handle(app: App<Postman>, order: Received<SendMail>) -> Result<()> {
    app.send(&order).await
}
