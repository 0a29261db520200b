//! GET /notifications/health: anybody asks whether notifications can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/notifications/health")
}
