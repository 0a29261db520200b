//! PUT /workers/{id}: workers write their profile.
//!
//! The whole of it: what is left out is empty afterwards.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::profile::NewProfile;
use users::worker::view::WorkerView;
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}", handle)
        .user()
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewProfile>,
) -> Result<Json<WorkerView>> {
    app.update_worker(&caller, id.0, &body).await
}
