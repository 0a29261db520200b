//! GET /users/{id}/photo: anybody sees somebody's photo, if they may see the profile.

use kernel::{Result, UserId};
use users::photo::{PHOTOS, Photos};
use web::{Action, App, Caller, FileAction, Function, Grant, Path, Redirect, get};

pub fn endpoint() -> impl Function {
    get("/users/{id}/photo", handle)
        .public()
        .grants([Grant::Table(&[Action::BatchGet]), Grant::Files(FileAction::Read, PHOTOS)])
        .calls(2)
}

async fn handle(app: App<Photos>, caller: Option<Caller>, id: Path<UserId>) -> Result<Redirect> {
    app.show(caller.as_ref(), *id).await
}
