//! GET /notifications/health: anybody asks whether notifications can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint(
        "/notifications/health",
        &[
            "erase-recipients",
            "export-recipients",
            "fan-out-broadcast",
            "keep-presence",
            "keep-recipients",
            "notify-people",
            "send-mail",
            "send-push",
            "send-requested",
            "send-text",
            "suppress-addresses",
            "tidy-inbox",
        ],
    )
}
