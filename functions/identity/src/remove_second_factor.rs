//! On demand: somebody who lost their second factor logs in by password alone again.

use identity::operator::{Member, Removed, Rights};
use kernel::Result;
use web::{Action, App, Function, Grant};

pub fn task() -> impl Function {
    messaging::task(handle).grants([
        Grant::Table(&[Action::BatchGet, Action::Get, Action::Put]),
        Grant::Sessions(&[Action::Update]),
    ])
}

async fn handle(app: App<Rights>, member: Member) -> Result<Removed> {
    app.remove_second_factor(&member).await
}
