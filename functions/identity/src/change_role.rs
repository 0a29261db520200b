//! PATCH /users/{id}/role: an administrator says which roles somebody has.
//!
//! Nobody changes their own, so the last administrator cannot be lost. Tokens that name the old roles are worthless
//! within 30 s; refreshing gets new ones.

use identity::change_role::{AccountRoles, NOT_YOURSELF, NewRoles};
use identity::operator::Rights;
use kernel::{Problem, Result, Role, UserId};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, patch};

pub fn endpoint() -> impl Function {
    patch("/users/{id}/role", handle)
        .roles([Role::Admin])
        .problems([NOT_YOURSELF, Problem::CONFLICT])
        .grants([Grant::Table(&[Action::Get, Action::Put]), Grant::Sessions(&[Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Rights>,
    caller: Caller,
    user: Path<UserId>,
    body: Body<NewRoles>,
) -> Result<Json<AccountRoles>> {
    app.change_roles(&caller, *user, &body).await
}
