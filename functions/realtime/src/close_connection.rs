//! $disconnect: forgets the connection, and tells that it is over.

use kernel::Result;
use realtime::connection::Connections;
use web::socket::{self, Frame};
use web::{Action, App, Function, Grant};

pub fn socket() -> impl Function {
    socket::socket("$disconnect", handle).grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
}

async fn handle(app: App<Connections>, frame: Frame) -> Result<()> {
    app.close(&frame.connection_id).await
}
