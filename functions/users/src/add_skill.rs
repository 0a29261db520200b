//! POST /workers/{id}/skills: workers name one more thing that they can do.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::skill::{NewSkill, Skill, TOO_MANY};
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/skills", handle)
        .user()
        .problems([TOO_MANY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    once: Once,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewSkill>,
) -> Result<Created<Skill>> {
    app.add_skill(once, &caller, id.0, &body).await
}
