//! POST /notifications/devices: an app says that it may be told things.
//!
//! The same app again is the same device. A device has one owner: whoever had it before is not told there any more.

use kernel::{Problem, Result};
use notifications::Notifications;
use notifications::device::{DeviceView, NewDevice};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/notifications/devices", handle)
        .user()
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Notifications>,
    caller: Caller,
    once: Once,
    body: Body<NewDevice>,
) -> Result<Created<DeviceView>> {
    app.add_device(&caller, once, &body).await
}
