//! DELETE /workers/{id}/portfolio/{item_id}: workers take a piece of work away.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/workers/{id}/portfolio/{item_id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Delete, Action::Get, Action::Put])])
        .calls(5)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<NoContent> {
    app.remove_portfolio_item(&caller, id.0, entry.0).await
}
