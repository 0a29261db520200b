//! Every minute: publishes what bookings' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&[
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
