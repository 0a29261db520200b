//! GET /users/me/addresses: somebody reads their addresses.

use kernel::{Problem, Result};
use users::Users;
use users::addresses::Addresses;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/users/me/addresses", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get])])
        .calls(2)
}

async fn handle(app: App<Users>, caller: Caller) -> Result<Json<Addresses>> {
    app.addresses(&caller).await
}
