//! GET /users: somebody looks for others by name; administrators by role, group and state, too.
//!
//! Whoever hides or has blocked the caller is not in it; a page may be shorter for that.

use kernel::Result;
use kernel::page::Page;
use users::directory::{Directory, Listed, UserQuery};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/users", handle)
        .user()
        .grants([Grant::Table(&[Action::BatchGet, Action::Query]), Grant::Cursors])
        .calls(6)
}

async fn handle(app: App<Directory>, caller: Caller, query: Query<UserQuery>) -> Result<Json<Page<Listed>>> {
    app.list(&caller, &query).await
}
