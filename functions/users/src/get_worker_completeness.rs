//! GET /workers/{id}/completeness: workers and hirers see how much of a profile is there, and what is missing.

use kernel::{Result, UserId};
use users::Users;
use users::worker::completeness::Completeness;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/completeness", handle).user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Users>, caller: Caller, id: Path<UserId>) -> Result<Json<Completeness>> {
    app.completeness(&caller, id.0).await.map(Json::new)
}
