//! GET /auth/sessions: somebody sees where they are signed in.

use identity::own_sessions::{OpenSession, SessionList};
use kernel::Result;
use kernel::page::{Page, PageRequest};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/auth/sessions", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Query]), Grant::Cursors])
        .calls(3)
}

async fn handle(
    app: App<SessionList>,
    caller: Caller,
    page: Query<PageRequest>,
) -> Result<Json<Page<OpenSession>>> {
    app.page(&caller, &page).await
}
