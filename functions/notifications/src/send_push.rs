//! Queue send-push: shows something on people's devices, unless they look at a screen of ours anyway.

use kernel::Result;
use messaging::{Received, on_command};
use notifications::push::Pusher;
use notifications::work::SendPush;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).delivers().grants([
        Grant::Table(&[Action::Delete, Action::Get, Action::Query]),
        Grant::Push,
        Grant::Setting("push-android-application"),
        Grant::Setting("push-ios-application"),
    ])
}

async fn handle(app: App<Pusher>, order: Received<SendPush>) -> Result<()> {
    app.push(&order).await
}
