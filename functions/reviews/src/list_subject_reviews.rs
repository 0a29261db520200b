//! GET /tours/{id}/reviews: anybody reads what is said of a tour, trek, product, worker or job.
//!
//! Only what a moderator lets stand, and of two-way reviews only what both sides have written. Who reviews workers and jobs
//! is told to members only.

use kernel::Result;
use kernel::results::{Results, Shown};
use reviews::BROWSING;
use reviews::list::{Reader, ReviewQuery};
use reviews::review::ReviewView;
use reviews::subject::{Subject, SubjectId};
use web::{Action, App, Asked, Caller, Function, Grant, Json, Path, Query, get};

pub fn endpoint() -> impl Function {
    get("/tours/{id}/reviews", handle)
        .also("GET", "/api/v1/treks/{id}/reviews")
        .also("GET", "/api/v1/products/{id}/reviews")
        .also("GET", "/api/v1/workers/{id}/reviews")
        .also("GET", "/api/v1/jobs/{id}/reviews")
        .public()
        .limit(BROWSING)
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Reader>,
    caller: Option<Caller>,
    asked: Asked,
    id: Path<SubjectId>,
    query: Query<ReviewQuery>,
) -> Result<Json<Results<Shown<ReviewView>>>> {
    let subject = Subject::of_path(&asked.path, id.0)?;
    app.of_subject(&subject, &query, caller.as_ref()).await.map(Json::new)
}
