//! Queue send-welcome-mail: welcomes whoever has verified their address.

use contracts::identity::UserVerified;
use kernel::Result;
use messaging::{Received, on_event};
use notifications::welcome::Welcomer;
use web::{App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("send-welcome-mail", handle).delivers().grants([Grant::Mail])
}

async fn handle(app: App<Welcomer>, event: Received<UserVerified>) -> Result<()> {
    app.welcome(&event).await
}
