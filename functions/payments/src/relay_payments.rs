//! Stream of payments' table: tells topics and queues what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&[
        "cancel-payments",
        "collect-parts",
        "count-payments",
        "process-webhook",
        "run-refunds",
    ])
}
