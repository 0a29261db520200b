//! GET /users/me: somebody reads their own profile.
//!
//! That of an account opened a moment ago may still be on its way: it is waited for, and then answered with 202.

use kernel::{Problem, Result};
use users::Users;
use users::me::Me;
use web::{Action, App, Caller, Eventual, Function, Grant, get};

pub fn endpoint() -> impl Function {
    get("/users/me", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Get])])
        .calls(2)
}

async fn handle(app: App<Users>, caller: Caller) -> Result<Eventual<Me>> {
    app.me(&caller).await
}
