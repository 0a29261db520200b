//! POST /treks/{id}/images: somebody who manages treks asks where to send pictures of one.
//!
//! Up to three. Each link takes one file of the type and size that were named; it is cut to 2000 by
//! 1333 pixels and takes the place of what was shown. What became of it stands in `GET /treks/{id}/images`.

use kernel::{Permission, Result};
use tours::images::{Gallery, ImageUploads, NewImages, Owner, UPLOADS};
use tours::trek::TrekId;
use tours::{READS, UPLOADING};
use web::{Action, App, Body, Caller, Created, FileAction, Function, Grant, Path, post};

pub fn endpoint() -> impl Function {
    post("/treks/{id}/images", handle)
        .permission(Permission::ManageTreks)
        .limit(UPLOADING)
        .grants([
            READS,
            Grant::Table(&[Action::Check, Action::Put]),
            Grant::Files(FileAction::Write, UPLOADS),
        ])
        .calls(3)
}

async fn handle(
    app: App<Gallery>,
    _: Caller,
    id: Path<TrekId>,
    body: Body<NewImages>,
) -> Result<Created<ImageUploads>> {
    app.announce(Owner::Trek(*id), &body).await
}
