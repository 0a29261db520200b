//! POST /auth/logout: somebody ends the session they are in.

use identity::log_out::OwnSessions;
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, NoContent, post};

pub fn endpoint() -> impl Function {
    post("/auth/logout", handle)
        .also("POST", "/api/v1/users/logout")
        .also("POST", "/api/auth/logout")
        .user()
        .grants([Grant::Table(&[Action::Put, Action::Delete]), Grant::Sessions(&[Action::Delete])])
        .calls(2)
}

async fn handle(app: App<OwnSessions>, caller: Caller) -> Result<NoContent> {
    app.log_out(&caller).await
}
