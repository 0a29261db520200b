//! Every minute: publishes what notifications' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&[
        "collect-parts",
        "fan-out-broadcast",
        "send-mail",
        "send-push",
        "send-text",
        "tidy-inbox",
    ])
}
