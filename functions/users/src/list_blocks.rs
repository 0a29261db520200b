//! GET /users/me/blocks: somebody reads whom they have blocked.

use kernel::page::{Page, PageRequest};
use kernel::{Problem, Result};
use users::Lists;
use users::blocks::BlockView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/users/me/blocks", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get, Action::Query]), Grant::Cursors])
        .calls(3)
}

async fn handle(app: App<Lists>, caller: Caller, page: Query<PageRequest>) -> Result<Json<Page<BlockView>>> {
    app.blocks(&caller, &page).await
}
