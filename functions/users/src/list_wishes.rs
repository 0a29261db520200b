//! GET /users/me/wishlist: somebody reads what they want to come back to.

use kernel::page::Page;
use kernel::{Problem, Result};
use users::Lists;
use users::wishlist::{WishQuery, WishView};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/users/me/wishlist", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get, Action::Query]), Grant::Cursors])
        .calls(3)
}

async fn handle(app: App<Lists>, caller: Caller, query: Query<WishQuery>) -> Result<Json<Page<WishView>>> {
    app.wishlist(&caller, &query).await
}
