//! Queue follow-users: shuts out, lets in, deletes, erases and moves accounts, as users tells it.

use identity::follow::UserNews;
use identity::operator::Rights;
use kernel::Result;
use messaging::{Received, on_event};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-users", handle).grants([
        Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Delete,
            Action::Get,
            Action::Put,
            Action::Query,
            Action::Update,
        ]),
        Grant::Sessions(&[Action::Delete, Action::Update]),
    ])
}

async fn handle(app: App<Rights>, news: Received<UserNews>) -> Result<()> {
    app.follow(&news).await
}
