//! GET /ratings/workers/{id}/signals: anybody sees how a worker is rated, and how lately.

use kernel::Result;
use reviews::BROWSING;
use reviews::list::Reader;
use reviews::rating::RatingView;
use reviews::subject::{Kind, Subject, SubjectId};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/ratings/workers/{id}/signals", handle)
        .public()
        .limit(BROWSING)
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Reader>, caller: Option<Caller>, id: Path<SubjectId>) -> Result<Json<RatingView>> {
    app.rating(&Subject::new(Kind::Worker, id.0), caller.as_ref()).await.map(Json::new)
}
