//! PATCH /users/me: somebody changes their own profile.
//!
//! A new e-mail address replaces the present one when its owner has proven it; passwords and roles never go through here.

use kernel::{Problem, Result};
use users::me::{Me, ProfilePatch};
use users::{EDITS, Users};
use web::{App, Body, CONFIRM_FIRST, Caller, Function, Json, patch};

pub fn endpoint() -> impl Function {
    patch("/users/me", handle)
        .also("PATCH", "/api/v1/users/updateMe")
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT, CONFIRM_FIRST])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, body: Body<ProfilePatch>) -> Result<Json<Me>> {
    app.change_me(&caller, &body).await
}
