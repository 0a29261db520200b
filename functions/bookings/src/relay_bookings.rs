//! Stream of bookings' table: tells topics and queues what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&[
        "close-due",
        "collect-parts",
        "create-user",
        "follow-batches",
        "open-due",
        "open-refund",
        "record-offline-payment",
        "send-requested",
        "tell-batches",
    ])
}
