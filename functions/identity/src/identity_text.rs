//! Queue identity-text: sends the text messages that prove a phone.

use identity::TOKEN_KEY;
use identity::phone::{Messenger, TextCode};
use kernel::Result;
use messaging::{Received, on_command};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).delivers().grants([
        Grant::Table(&[Action::Get]),
        Grant::Secret(TOKEN_KEY),
        Grant::Text,
    ])
}

async fn handle(app: App<Messenger>, code: Received<TextCode>) -> Result<()> {
    app.send(&code).await
}
