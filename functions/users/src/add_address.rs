//! POST /users/me/addresses: somebody adds an address.
//!
//! The first of a type is its default.

use kernel::{Problem, Result};
use users::Users;
use users::addresses::{AddressView, NewAddress, TOO_MANY};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/users/me/addresses", handle)
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT, TOO_MANY])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    once: Once,
    body: Body<NewAddress>,
) -> Result<Created<AddressView>> {
    app.add_address(&caller, once, &body).await
}
