//! GET /payments/health: anybody asks whether payments can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/payments/health")
}
