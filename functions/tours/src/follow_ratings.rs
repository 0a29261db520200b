//! Queue follow-ratings: keeps how tours and treks are rated, as reviews tells it.
//!
//! The newest version wins. Without any review a tour has natours' 4.5 and a trek 0.

use contracts::reviews::RatingRecalculated;
use kernel::Result;
use messaging::{Received, on_event};
use tours::Tours;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("follow-ratings", handle).grants([Grant::Table(&[Action::BatchGet, Action::Get])])
}

async fn handle(app: App<Tours>, told: Received<RatingRecalculated>) -> Result<()> {
    app.follow_rating(&told).await
}
