//! Stream of realtime's table: tells topics what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&[])
}
