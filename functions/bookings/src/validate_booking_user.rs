//! POST /admin/bookings/validate-user: an administrator looks whose telephone it is, to book for them.

use bookings::Bookings;
use bookings::desk::{PhoneWish, UserFound};
use kernel::{Problem, Result, Role};
use web::{Action, App, Body, Caller, Function, Grant, Json, post};

pub fn endpoint() -> impl Function {
    post("/admin/bookings/validate-user", handle)
        .roles([Role::Admin])
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Bookings>, _: Caller, body: Body<PhoneWish>) -> Result<Json<UserFound>> {
    app.find_user(&body).await.map(Json::new)
}
