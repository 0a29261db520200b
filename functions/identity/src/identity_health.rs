//! GET /identity/health: anybody asks whether identity can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/identity/health")
}
