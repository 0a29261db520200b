//! GET /batches/{id}/performance: an operator sees how a departure did.

use bookings::Bookings;
use bookings::batch::performance::Performance;
use bookings::booking::BatchId;
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/batches/{id}/performance", handle)
        .also("GET", "/api/batches/{id}/performance")
        .permission(Permission::ManageTreks)
        .grants([Grant::Table(&[Action::Get])])
        .calls(3)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<BatchId>) -> Result<Json<Performance>> {
    app.batch_performance(*id).await.map(Json::new)
}
