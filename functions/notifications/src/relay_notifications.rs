//! Stream of notifications' table: tells topics and queues what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&[
        "collect-parts",
        "fan-out-broadcast",
        "send-mail",
        "send-push",
        "send-text",
        "tidy-inbox",
    ])
}
