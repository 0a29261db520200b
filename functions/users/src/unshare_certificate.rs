//! DELETE /workers/{id}/certificates/{certificate_id}/share: workers take a share back: its token shows nothing any more.

use kernel::Result;
use kernel::UserId;
use users::worker::EntryId;
use users::worker::certificate::Shares;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/workers/{id}/certificates/{certificate_id}/share", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put]), Grant::Cursors])
        .calls(4)
}

async fn handle(
    app: App<Shares>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<NoContent> {
    app.unshare(&caller, id.0, entry.0).await
}
