//! GET /treks/{id}/performance: an operator sees how all departures of a trek did.

use bookings::Bookings;
use bookings::batch::performance::Performance;
use bookings::booking::{OwnerId, OwnerKind};
use kernel::{Permission, Result};
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/treks/{id}/performance", handle)
        .also("GET", "/api/treks/{id}/performance")
        .permission(Permission::ManageTreks)
        .grants([Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(app: App<Bookings>, _: Caller, id: Path<OwnerId>) -> Result<Json<Performance>> {
    app.owner_performance(OwnerKind::Trek, *id).await.map(Json::new)
}
