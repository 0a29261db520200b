//! GET /bookings/health: anybody asks whether bookings can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/bookings/health")
}
