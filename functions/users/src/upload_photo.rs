//! POST /users/me/photo: somebody asks where to send a photo of themselves.
//!
//! The link takes one file of the type and size that were named. What became of it stands in `photo_status` of the profile.

use kernel::{Problem, Result, time};
use users::EDITS;
use users::photo::{NewPhoto, Photos, UPLOADS, UploadLink};
use web::{App, Body, Caller, Created, FileAction, Function, Grant, Limit, Per, post};

const LIMIT: Limit = Limit { name: "upload", count: 10, window: time::minutes(5), per: Per::Caller };

pub fn endpoint() -> impl Function {
    post("/users/me/photo", handle)
        .user()
        .limit(LIMIT)
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([EDITS, Grant::Files(FileAction::Write, UPLOADS)])
        .calls(3)
}

async fn handle(app: App<Photos>, caller: Caller, body: Body<NewPhoto>) -> Result<Created<UploadLink>> {
    app.announce(&caller, &body).await
}
