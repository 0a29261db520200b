//! GET /users/health: anybody asks whether users can work right now.

use web::{Function, health};

pub fn endpoint() -> impl Function {
    health::endpoint("/users/health")
}
