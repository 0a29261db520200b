//! Queue erase-payments: takes the name of whoever has left off the books, which have to stay.

use contracts::users::UserErased;
use kernel::Result;
use messaging::{Received, on_event};
use payments::Payments;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("erase-payments", handle).grants([Grant::Table(&[Action::Query, Action::Update])])
}

async fn handle(app: App<Payments>, erased: Received<UserErased>) -> Result<()> {
    app.anonymise(&erased).await
}
