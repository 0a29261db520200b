//! GET /users/{id}: its owner and administrators read a whole profile, others what it shows.

use kernel::{Result, UserId};
use users::Users;
use users::me::Seen;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/users/{id}", handle).user().grants([Grant::Table(&[Action::BatchGet, Action::Get])]).calls(2)
}

async fn handle(app: App<Users>, caller: Caller, id: Path<UserId>) -> Result<Json<Seen>> {
    app.user(&caller, *id).await
}
