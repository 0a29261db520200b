//! POST /fees/calculate: somebody asks what is left of an amount.

use kernel::Result;
use payments::fees::{FeeQuestion, Fees, calculate};
use web::{App, Body, Caller, Function, Json, post};

pub fn endpoint() -> impl Function {
    post("/fees/calculate", handle).user().calls(1)
}

async fn handle(_: App<()>, _: Caller, body: Body<FeeQuestion>) -> Result<Json<Fees>> {
    calculate(&body).map(Json::new)
}
