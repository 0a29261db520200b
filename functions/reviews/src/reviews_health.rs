//! GET /reviews/health: anybody asks whether reviews can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/reviews/health")
}
