//! POST /notifications/system: an administrator tells one person, everybody with a role, or everybody.
//!
//! Many are told page by page, after the answer.

use kernel::{Result, Role};
use notifications::Notifications;
use notifications::broadcast::{BroadcastView, NewBroadcast};
use web::{Accepted, Action, App, Body, Caller, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/notifications/system", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Notifications>,
    caller: Caller,
    once: Once,
    body: Body<NewBroadcast>,
) -> Result<Accepted<BroadcastView>> {
    app.broadcast(&caller, once, &body).await
}
