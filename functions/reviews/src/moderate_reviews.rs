//! POST /admin/reviews/bulk-moderate: a moderator says what becomes of up to fifty reviews.
//!
//! Each by itself; one that is not there does not hold up the others. Said twice, it is the same.

use kernel::results::All;
use kernel::{Result, Role, time};
use reviews::Reviews;
use reviews::moderate::{Judged, Judgements};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/admin/reviews/bulk-moderate", handle)
        .roles([Role::Admin, Role::Staff])
        .grants([Grant::Table(&[Action::Get, Action::Put, Action::Update])])
        .timeout(time::seconds(28))
        .calls(4)
}

async fn handle(app: App<Reviews>, _: Caller, body: Body<Judgements>) -> Result<Json<All<Judged>>> {
    app.moderate_all(&body).await.map(All::new).map(Json::new)
}
