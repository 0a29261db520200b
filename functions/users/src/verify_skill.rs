//! POST /workers/{id}/skills/{skill_id}/verify: staff says whether a skill was proven.

use kernel::Result;
use kernel::{Role, UserId};
use users::Users;
use users::worker::EntryId;
use users::worker::skill::{Skill, SkillProof};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/skills/{skill_id}/verify", handle)
        .roles([Role::Staff, Role::Admin])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    skill: Path<EntryId>,
    body: Body<SkillProof>,
) -> Result<Json<Skill>> {
    app.verify_skill(&caller, id.0, skill.0, &body).await
}
