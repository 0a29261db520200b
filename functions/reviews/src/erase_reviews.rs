//! Queue erase-reviews: takes the name off the reviews of whoever has left.
//!
//! Stars and words stay, and so do ratings. What is said of the person is shown no more.

use contracts::users::UserErased;
use kernel::Result;
use messaging::{Received, on_event};
use reviews::personal::Eraser;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("erase-reviews", handle).grants([Grant::Table(&[
        Action::BatchWrite,
        Action::Delete,
        Action::Get,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Eraser>, erased: Received<UserErased>) -> Result<()> {
    app.reader.erase(&erased).await
}
