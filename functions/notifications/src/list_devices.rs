//! GET /notifications/devices: somebody sees on which devices they are told things.

use kernel::Result;
use notifications::Notifications;
use notifications::device::DeviceList;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/notifications/devices", handle).user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Notifications>, caller: Caller) -> Result<Json<DeviceList>> {
    app.devices(&caller).await.map(Json::new)
}
