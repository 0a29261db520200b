//! GET /auth/me: somebody reads their own account.

use identity::Identity;
use identity::me::Me;
use kernel::Result;
use web::{Action, App, Caller, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/auth/me", handle).also("GET", "/api/auth/me").user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Identity>, caller: Caller) -> Result<Json<Me>> {
    app.me(&caller).await
}
