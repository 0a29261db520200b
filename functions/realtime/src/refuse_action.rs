//! $default: tells who sends an action that nobody knows.

use kernel::Result;
use realtime::connection::Sender;
use web::socket::{self, Frame};
use web::{Action, App, Function, Grant};

pub fn socket() -> impl Function {
    socket::socket("$default", handle)
        .grants([Grant::Connections, Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
}

async fn handle(app: App<Sender>, frame: Frame) -> Result<()> {
    app.refuse(frame).await
}
