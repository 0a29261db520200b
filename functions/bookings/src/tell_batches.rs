//! Queue tell-batches: tells the others how many seats a departure has left, after they moved.

use bookings::Bookings;
use contracts::bookings::TellBatch;
use kernel::Result;
use messaging::{Received, on_command};
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_command(handle).grants([Grant::Table(&[Action::Get])])
}

async fn handle(app: App<Bookings>, asked: Received<TellBatch>) -> Result<()> {
    app.tell_batch(&asked).await
}
