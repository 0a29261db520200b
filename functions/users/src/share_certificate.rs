//! PUT /workers/{id}/certificates/{certificate_id}/share: workers get a token that shows a certificate to whoever has it.
//!
//! It is the same token until it is taken back.

use kernel::Result;
use kernel::UserId;
use users::worker::EntryId;
use users::worker::certificate::{Share, Shares};
use web::{Action, App, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/certificates/{certificate_id}/share", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put]), Grant::Cursors])
        .calls(4)
}

async fn handle(
    app: App<Shares>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<Json<Share>> {
    app.share(&caller, id.0, entry.0).await
}
