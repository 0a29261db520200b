//! POST /auth/validate: somebody who is signed in asks what an access token is worth right now.
//!
//! A bad token is an answer, `{"active": false}`, and no error.

use identity::validate::{Inspector, Presented, Validity};
use kernel::Result;
use web::{App, Body, Function, Json, post};

pub fn endpoint() -> impl Function {
    post("/auth/validate", handle).user().calls(2)
}

async fn handle(app: App<Inspector>, body: Body<Presented>) -> Result<Json<Validity>> {
    app.validate(&body).await
}
