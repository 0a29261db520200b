//! Every minute: publishes what payments' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&[
        "cancel-payments",
        "collect-parts",
        "count-payments",
        "process-webhook",
        "run-refunds",
    ])
}
