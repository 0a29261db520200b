//! POST /users/me/wishlist: somebody wants to come back to something.

use kernel::{Problem, Result};
use users::Users;
use users::wishlist::{ALREADY_LISTED, NewWish, WishView};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/users/me/wishlist", handle)
        .user()
        .problems([Problem::NOT_FOUND, ALREADY_LISTED])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    once: Once,
    body: Body<NewWish>,
) -> Result<Created<WishView>> {
    app.wish(&caller, once, &body).await
}
