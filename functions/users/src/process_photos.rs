//! Queue process-photos: checks and cuts what people upload as photos of themselves.

use kernel::Result;
use messaging::{Received, Upload, on_upload};
use users::EDITS;
use users::photo::{PHOTOS, Photos, UPLOADS};
use web::{App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_upload("process-photos", UPLOADS, handle)
        .grants([
            EDITS,
            Grant::Files(FileAction::Read, UPLOADS),
            Grant::Files(FileAction::Delete, UPLOADS),
            Grant::Files(FileAction::Write, PHOTOS),
            Grant::Files(FileAction::Delete, PHOTOS),
        ])
        .one_core()
}

async fn handle(app: App<Photos>, upload: Received<Upload>) -> Result<()> {
    app.process(&upload).await
}
