//! GET /workers/{id}/availability: anybody sees when a worker takes jobs.

use kernel::{Result, UserId};
use users::Users;
use users::worker::availability::Availability;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/availability", handle).public().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Users>, caller: Option<Caller>, id: Path<UserId>) -> Result<Json<Availability>> {
    let worker = app.seen_worker(caller.as_ref(), id.0).await?;
    Ok(Json::new(worker.availability))
}
