//! GET /payments/health: anybody asks whether payments can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint(
        "/payments/health",
        &[
            "cancel-payments",
            "close-due",
            "count-payments",
            "erase-payments",
            "export-payments",
            "open-due",
            "open-refund",
            "process-webhook",
            "record-offline-payment",
            "run-refunds",
        ],
    )
}
