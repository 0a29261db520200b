//! PUT /users/me/preferences: somebody says how they want to be told things.

use kernel::{Problem, Result};
use users::preferences::{Chosen, Preferences};
use users::{EDITS, Users};
use web::{App, Body, Caller, Function, Json, put};

pub fn endpoint() -> impl Function {
    put("/users/me/preferences", handle)
        .user()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([EDITS])
        .calls(3)
}

async fn handle(app: App<Users>, caller: Caller, body: Body<Preferences>) -> Result<Json<Chosen>> {
    app.set_preferences(&caller, &body).await
}
