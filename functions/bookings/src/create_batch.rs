//! POST /batches: somebody who manages treks, or a lead guide, offers a departure.
//!
//! Ten seats and the price of the tour or trek unless said otherwise.

use bookings::Bookings;
use bookings::batch::list::BatchView;
use bookings::batch::write::NewBatch;
use bookings::list::manages_treks;
use kernel::Result;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/batches", handle)
        .also("POST", "/api/batches")
        .user()
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Bookings>,
    caller: Caller,
    once: Once,
    body: Body<NewBatch>,
) -> Result<Created<BatchView>> {
    manages_treks(&caller)?;
    app.create_batch(once, &body).await
}
