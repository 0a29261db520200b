//! Queue keep-presence: keeps who looks at a screen of ours, as realtime tells it.

use kernel::Result;
use messaging::{Received, on_event};
use notifications::Notifications;
use notifications::presence::SocketTold;
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("keep-presence", handle)
}

async fn handle(app: App<Notifications>, told: Received<SocketTold>) -> Result<()> {
    app.hear_of_socket(&told).await
}
