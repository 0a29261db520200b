//! On demand: sends the snapshots of all departures to a queue, so that a projection can be built late.

use web::Function;

pub fn replay() -> impl Function {
    messaging::replay(bookings::snapshot)
}
