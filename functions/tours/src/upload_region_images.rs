//! POST /regions/{id}/images: somebody who manages regions asks where to send pictures of one.
//!
//! A cover, up to three others, or both. Each link takes one file of the type and size that were named; it is cut to 2000 by
//! 1333 pixels and takes the place of what was shown. What became of it stands in `GET /regions/{id}/images`.

use kernel::{Permission, Result};
use tours::images::{Gallery, ImageUploads, NewImages, Owner, UPLOADS};
use tours::region::RegionId;
use tours::{READS, UPLOADING};
use web::{Action, App, Body, Caller, Created, FileAction, Function, Grant, Path, post};

pub fn endpoint() -> impl Function {
    post("/regions/{id}/images", handle)
        .permission(Permission::ManageRegions)
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
    id: Path<RegionId>,
    body: Body<NewImages>,
) -> Result<Created<ImageUploads>> {
    app.announce(Owner::Region(*id), &body).await
}
