//! Queue follow-reviews: keeps the newest reviews of tours and treks, as reviews tells them.
//!
//! The newest version of each wins; what was taken off or deleted is not shown any more.

use contracts::reviews::ReviewChanged;
use kernel::Result;
use messaging::{Received, on_event};
use tours::{READS, Tours};
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("follow-reviews", handle).grants([READS])
}

async fn handle(app: App<Tours>, told: Received<ReviewChanged>) -> Result<()> {
    app.follow_review(&told).await
}
