//! Queue process-images: checks and cuts what is uploaded as pictures of tours, treks and regions.

use kernel::Result;
use messaging::{Received, Upload, on_upload};
use tours::READS;
use tours::images::{Gallery, IMAGES, UPLOADS};
use web::{App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_upload("process-images", UPLOADS, handle)
        .grants([
            READS,
            Grant::Files(FileAction::Read, UPLOADS),
            Grant::Files(FileAction::Delete, UPLOADS),
            Grant::Files(FileAction::Write, IMAGES),
            Grant::Files(FileAction::Delete, IMAGES),
        ])
        .one_core()
}

async fn handle(app: App<Gallery>, upload: Received<Upload>) -> Result<()> {
    app.process(&upload).await
}
