//! GET /tours/{id}/images/{image}: anybody sees a picture of a tour, trek or region, if they may see that.

use kernel::Result;
use tours::images::{Gallery, IMAGES, ImageName, Owner};
use tours::text::Part;
use tours::{BROWSING, READS};
use web::{App, Asked, Caller, FileAction, Function, Grant, Path, Redirect, get};

pub fn endpoint() -> impl Function {
    get("/tours/{id}/images/{image}", handle)
        .also("GET", "/api/v1/treks/{id}/images/{image}")
        .also("GET", "/api/v1/regions/{id}/images/{image}")
        .public()
        .limit(BROWSING)
        .grants([READS, Grant::Files(FileAction::Read, IMAGES)])
        .calls(2)
}

async fn handle(
    app: App<Gallery>,
    caller: Option<Caller>,
    asked: Asked,
    _: Path<Part>,
    image: Path<ImageName>,
) -> Result<Redirect> {
    app.show(Owner::of_path(&asked.path)?, *image, caller.as_ref()).await
}
