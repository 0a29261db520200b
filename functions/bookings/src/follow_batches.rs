//! Queue follow-batches: the bookings of a departure follow it, page by page: all money back, or other dates.

use bookings::Bookings;
use contracts::bookings::FollowBatch;
use kernel::Result;
use messaging::{Received, on_command};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[
        Action::Delete,
        Action::Get,
        Action::Put,
        Action::Query,
        Action::Update,
    ])])
}

async fn handle(app: App<Bookings>, asked: Received<FollowBatch>) -> Result<()> {
    app.follow_batch(&asked).await
}
