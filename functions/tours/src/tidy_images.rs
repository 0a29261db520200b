//! Queue tidy-images: removes pictures that no tour, trek or region shows any more.

use kernel::Result;
use messaging::{Received, on_event};
use tours::READS;
use tours::images::{Gallery, IMAGES, ImagesTold};
use web::{Action, App, FileAction, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("tidy-images", handle).grants([
        READS,
        Grant::Table(&[Action::Delete]),
        Grant::Files(FileAction::Delete, IMAGES),
    ])
}

async fn handle(app: App<Gallery>, told: Received<ImagesTold>) -> Result<()> {
    app.tidy(&told).await
}
