//! PUT /workers/{id}/skills/{skill_id}: workers change one of their skills.
//!
//! What staff verified stays so as long as nothing more is claimed.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::skill::{NewSkill, Skill};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/skills/{skill_id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
    body: Body<NewSkill>,
) -> Result<Json<Skill>> {
    app.change_skill(&caller, id.0, entry.0, &body).await
}
