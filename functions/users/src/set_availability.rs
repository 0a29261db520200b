//! PUT /workers/{id}/availability: workers say when they take jobs.
//!
//! The whole of it: what is left out is empty afterwards.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::availability::{Availability, NewAvailability};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/availability", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewAvailability>,
) -> Result<Json<Availability>> {
    app.set_availability(&caller, id.0, &body).await
}
