//! GET /workers/shared-certificates/{token}: whoever has the token of a share sees the certificate.

use kernel::Result;
use kernel::text::Text;
use users::worker::certificate::{Certificate, Shares};
use users::worker::child::View;
use web::{Action, App, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/shared-certificates/{token}", handle)
        .public()
        .grants([Grant::Table(&[Action::Get]), Grant::Cursors])
        .calls(2)
}

async fn handle(app: App<Shares>, token: Path<Text<1, 400>>) -> Result<Json<View<Certificate>>> {
    app.shared(token.as_str()).await
}
