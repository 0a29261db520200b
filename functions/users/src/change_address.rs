//! PATCH /users/me/addresses/{id}: somebody changes an address, or makes it the default of its type.

use kernel::{Problem, Result};
use users::Users;
use users::addresses::{AddressId, AddressPatch, AddressView};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/users/me/addresses/{id}", handle)
        .user()
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<AddressId>,
    body: Body<AddressPatch>,
) -> Result<Json<AddressView>> {
    app.change_address(&caller, *id, &body).await
}
