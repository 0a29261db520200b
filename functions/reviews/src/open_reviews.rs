//! Queue open-reviews: lets people review what they booked, bought or did, and asks them to, as bookings, orders and jobs tell it.
//!
//! A booking may be reviewed from its first day on; one that is cancelled may not. Of a job both sides may be reviewed for
//! fourteen days.

use kernel::Result;
use messaging::{Received, on_event};
use reviews::Reviews;
use reviews::evidence::SaleTold;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("open-reviews", handle).grants([Grant::Table(&[Action::BatchGet, Action::Get])])
}

async fn handle(app: App<Reviews>, told: Received<SaleTold>) -> Result<()> {
    app.follow_sale(&told).await
}
