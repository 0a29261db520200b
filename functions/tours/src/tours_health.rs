//! GET /tours/health: anybody asks whether tours can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/tours/health")
}
