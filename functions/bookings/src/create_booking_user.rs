//! POST /admin/bookings/create-user: an administrator has an account opened for somebody, to book for them.
//!
//! The account stands behind this answer; `validate-user` finds it then. Its owner gets a mail with a link that sets the
//! password. Where the address has an account already, nothing happens: the answer does not tell.

use bookings::Bookings;
use bookings::desk::{NewUser, UserAskedFor};
use kernel::{Result, Role};
use web::{Accepted, Action, App, Body, Caller, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/admin/bookings/create-user", handle)
        .roles([Role::Admin])
        .grants([Grant::Table(&[Action::Put])])
        .calls(2)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    body: Body<NewUser>,
) -> Result<Accepted<UserAskedFor>> {
    app.ask_for_user(&caller, once, &body).await
}
