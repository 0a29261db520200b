//! GET /health/gateway: anybody asks whether the gateway can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/health/gateway")
}
