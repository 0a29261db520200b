//! Queue follow-trek-ratings: keeps how tours and treks are rated, for their performance.

use bookings::Bookings;
use contracts::reviews::RatingRecalculated;
use kernel::Result;
use messaging::{Received, on_event};
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("follow-trek-ratings", handle)
}

async fn handle(app: App<Bookings>, told: Received<RatingRecalculated>) -> Result<()> {
    app.keep_rating(&told).await
}
