//! GET /batches/{id}: anybody looks at one departure and how many seats are left.

use bookings::Bookings;
use bookings::batch::list::BatchView;
use bookings::booking::BatchId;
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/batches/{id}", handle)
        .also("GET", "/api/batches/{id}")
        .public()
        .grants([Grant::Table(&[Action::Get])])
        .calls(3)
}

async fn handle(app: App<Bookings>, caller: Option<Caller>, id: Path<BatchId>) -> Result<Json<BatchView>> {
    let sees_hidden = caller.is_some_and(|it| it.may(Permission::ManageTreks));
    app.show_batch(*id, sees_hidden).await.map(Json::new)
}
