//! GET /workers/{id}/skills/{skill_id}: anybody sees one skill of a worker.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::skill::Skill;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/skills/{skill_id}", handle).public().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<Json<Skill>> {
    app.get_skill(caller.as_ref(), id.0, entry.0).await
}
