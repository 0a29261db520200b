//! DELETE /auth/sessions: somebody signs all their other devices out.

use identity::operator::Rights;
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, NoContent, delete};

pub fn endpoint() -> impl Function {
    delete("/auth/sessions", handle)
        .user()
        .grants([
            Grant::Table(&[Action::Delete, Action::Put, Action::Query]),
            Grant::Sessions(&[Action::Delete]),
        ])
        .calls(3)
}

async fn handle(app: App<Rights>, caller: Caller) -> Result<NoContent> {
    app.end_other_sessions(&caller).await
}
