//! GET /workers/{id}/skills: anybody sees what a worker can do.

use kernel::Result;
use kernel::UserId;
use kernel::page::Page;
use users::Users;
use users::worker::skill::Skill;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/skills", handle).public().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Users>, caller: Option<Caller>, id: Path<UserId>) -> Result<Json<Page<Skill>>> {
    app.list_skills(caller.as_ref(), id.0).await
}
