//! Queue send-text: sends text messages to numbers that their owners have proven.

use kernel::Result;
use messaging::{Received, on_command};
use notifications::phone::Phones;
use notifications::work::SendText;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).delivers().grants([Grant::Table(&[Action::Get]), Grant::Text])
}

async fn handle(app: App<Phones>, order: Received<SendText>) -> Result<()> {
    app.send(&order).await
}
