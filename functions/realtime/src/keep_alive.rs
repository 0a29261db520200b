//! ping: a sign of life, so that whoever has the socket open counts as looking. It has no answer.

use kernel::Result;
use realtime::connection::Connections;
use web::socket::{self, Frame};
use web::{Action, App, Function, Grant};

pub fn socket() -> impl Function {
    socket::socket("ping", handle).grants([Grant::Table(&[Action::Get, Action::Put])])
}

async fn handle(app: App<Connections>, frame: Frame) -> Result<()> {
    app.renew(&frame.connection_id).await
}
