//! Queue erase-travellers: forgets whoever has left.

use contracts::users::UserErased;
use kernel::Result;
use messaging::{Received, on_event};
use tours::Tours;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("erase-travellers", handle).grants([Grant::Table(&[
        Action::BatchWrite,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Tours>, erased: Received<UserErased>) -> Result<()> {
    app.erase_traveller(&erased).await
}
