//! $disconnect: forgets the connection.

use kernel::Result;
use realtime::connection::Connections;
use web::socket::{self, Frame};
use web::{Action, App, Function, Grant};

pub fn socket() -> impl Function {
    socket::socket("$disconnect", handle).grants([Grant::Table(&[Action::Delete])])
}

async fn handle(app: App<Connections>, frame: Frame) -> Result<()> {
    app.close(frame).await
}
