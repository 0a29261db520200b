//! GET /reviews/eligibility: somebody asks whether they may review something, and why not.

use kernel::{Problem, Result};
use reviews::Reviews;
use reviews::eligible::{Eligibility, EligibilityQuery};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/reviews/eligibility", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    query: Query<EligibilityQuery>,
) -> Result<Json<Eligibility>> {
    app.eligibility(&caller, &query).await.map(Json::new)
}
