//! PUT /workers/{id}/skills/bulk: workers name all that they can do, at once.
//!
//! What has the same name stays the same skill.

use kernel::Result;
use kernel::UserId;
use kernel::page::Page;
use users::Users;
use users::worker::skill::{NewSkills, Skill, TOO_MANY};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/skills/bulk", handle)
        .user()
        .max_body(64 * 1024)
        .problems([TOO_MANY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewSkills>,
) -> Result<Json<Page<Skill>>> {
    app.replace_skills(&caller, id.0, &body).await
}
