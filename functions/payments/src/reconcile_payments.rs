//! POST /admin/reconcile: an administrator has the provider's words processed that were kept and left lying.

use kernel::{Result, Role};
use payments::Payments;
use payments::poll::Replayed;
use web::{Accepted, Action, App, Caller, Function, Grant, post};

pub fn endpoint() -> impl Function {
    post("/admin/reconcile", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Put, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Payments>, _: Caller) -> Result<Accepted<Replayed>> {
    app.replay_webhooks().await.map(Accepted)
}
