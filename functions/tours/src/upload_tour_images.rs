//! POST /tours/{id}/images: a lead guide or an administrator asks where to send pictures of a tour.
//!
//! A cover, up to three others, or both. Each link takes one file of the type and size that were named; it is cut to 2000 by
//! 1333 pixels and takes the place of what was shown. What became of it stands in `GET /tours/{id}/images`.

use kernel::{Result, Role};
use tours::images::{Gallery, ImageUploads, NewImages, Owner, UPLOADS};
use tours::tour::TourId;
use tours::{READS, UPLOADING};
use web::{Action, App, Body, Caller, Created, FileAction, Function, Grant, Path, post};

pub fn endpoint() -> impl Function {
    post("/tours/{id}/images", handle)
        .roles([Role::Admin, Role::LeadGuide])
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
    id: Path<TourId>,
    body: Body<NewImages>,
) -> Result<Created<ImageUploads>> {
    app.announce(Owner::Tour(*id), &body).await
}
