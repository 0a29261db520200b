//! $connect: remembers whose connection it is, and tells that it is open.

use kernel::Result;
use realtime::connection::Connections;
use web::socket::{self, Frame};
use web::{Action, App, Function, Grant};

pub fn socket() -> impl Function {
    socket::socket("$connect", handle).grants([Grant::Table(&[Action::Put])])
}

async fn handle(app: App<Connections>, frame: Frame) -> Result<()> {
    app.open(frame).await
}
