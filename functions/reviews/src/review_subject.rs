//! POST /tours/{id}/reviews: somebody reviews the tour, trek, product, worker or job that the path names.
//!
//! The author is whoever is signed in, whatever else was said; the rest is as with `POST /reviews`.

use kernel::Result;
use reviews::Reviews;
use reviews::create::{NOT_ELIGIBLE, Written};
use reviews::review::ReviewView;
use reviews::settle::ALREADY_REVIEWED;
use reviews::subject::{Subject, SubjectId};
use web::{Action, App, Asked, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/tours/{id}/reviews", handle)
        .also("POST", "/api/v1/treks/{id}/reviews")
        .also("POST", "/api/v1/products/{id}/reviews")
        .also("POST", "/api/v1/workers/{id}/reviews")
        .also("POST", "/api/v1/jobs/{id}/reviews")
        .user()
        .max_body(64 * 1024)
        .problems([ALREADY_REVIEWED, NOT_ELIGIBLE])
        .grants([Grant::Table(&[
            Action::BatchGet,
            Action::Check,
            Action::Get,
            Action::Put,
            Action::Query,
            Action::Update,
        ])])
        .calls(5)
}

async fn handle(
    app: App<Reviews>,
    caller: Caller,
    once: Once,
    asked: Asked,
    id: Path<SubjectId>,
    body: Body<Written>,
) -> Result<Created<ReviewView>> {
    let subject = Subject::of_path(&asked.path, id.0)?;
    app.create(&caller, once, &subject, &body).await
}
