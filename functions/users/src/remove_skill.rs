//! DELETE /workers/{id}/skills/{skill_id}: workers take one of their skills away.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/workers/{id}/skills/{skill_id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<NoContent> {
    app.remove_skill(&caller, id.0, entry.0).await
}
