//! PATCH /users/{id}/group: somebody who manages accounts puts one into a group, or takes it out.
//!
//! Who is no administrator can hand out no more than they have.

use identity::membership::{Assigned, Assignment};
use identity::operator::Rights;
use kernel::{Permission, Problem, Result, UserId};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/users/{id}/group", handle)
        .permission(Permission::Users)
        .problems([Problem::CONFLICT])
        .grants([
            Grant::Table(&[Action::Get, Action::Put, Action::Update, Action::Delete]),
            Grant::Sessions(&[Action::Update]),
        ])
        .calls(3)
}

async fn handle(
    app: App<Rights>,
    caller: Caller,
    user: Path<UserId>,
    body: Body<Assignment>,
) -> Result<Json<Assigned>> {
    app.assign(&caller, *user, &body).await
}
