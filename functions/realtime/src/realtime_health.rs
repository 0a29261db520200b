//! GET /realtime/health: anybody asks whether realtime can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/realtime/health")
}
