//! GET /tours/health: anybody asks whether tours can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint(
        "/tours/health",
        &[
            "erase-travellers",
            "export-travellers",
            "follow-bookings",
            "follow-departures",
            "follow-ratings",
            "follow-reviews",
            "keep-guides",
            "process-images",
            "tidy-images",
        ],
    )
}
