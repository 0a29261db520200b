//! DELETE /auth/sessions/{id}: somebody signs one of their other devices out.

use identity::operator::Rights;
use identity::own_sessions::CURRENT_SESSION;
use identity::session::SessionId;
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/auth/sessions/{id}", handle)
        .user()
        .problems([CURRENT_SESSION])
        .grants([Grant::Table(&[Action::Delete, Action::Put]), Grant::Sessions(&[Action::Delete])])
        .calls(2)
}

async fn handle(app: App<Rights>, caller: Caller, id: Path<SessionId>) -> Result<NoContent> {
    app.end_session(&caller, *id).await
}
