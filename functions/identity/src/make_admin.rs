//! On demand: somebody who has an account becomes an administrator.

use identity::operator::{Made, Member, Rights};
use kernel::Result;
use web::{Action, App, Function, Grant};

pub fn task() -> impl Function {
    messaging::task(handle).grants([
        Grant::Table(&[Action::BatchGet, Action::Get, Action::Put]),
        Grant::Sessions(&[Action::Update]),
    ])
}

async fn handle(app: App<Rights>, candidate: Member) -> Result<Made> {
    app.make_admin(&candidate).await
}
