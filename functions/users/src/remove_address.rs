//! DELETE /users/me/addresses/{id}: somebody removes an address.

use kernel::{Problem, Result};
use users::Users;
use users::addresses::AddressId;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/users/me/addresses/{id}", handle)
        .user()
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, id: Path<AddressId>) -> Result<NoContent> {
    app.remove_address(&caller, *id).await
}
