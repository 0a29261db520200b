//! GET /my-tours: somebody sees the tours that they have booked.

use kernel::Result;
use kernel::page::{Page, PageRequest};
use tours::tour::TourView;
use tours::tour::mine::Traveller;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/my-tours", handle)
        .user()
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Traveller>,
    caller: Caller,
    request: Query<PageRequest>,
) -> Result<Json<Page<TourView>>> {
    app.list_own_tours(&caller, &request).await.map(Json::new)
}
