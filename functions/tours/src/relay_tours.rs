//! Stream of tours' table: tells topics and queues what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&["collect-parts", "send-requested"])
}
