//! Stream of identity's table: tells topics and queues what happened.

use web::Function;

pub fn relay() -> impl Function {
    messaging::relay(&["identity-mail", "identity-text", "collect-parts"])
}
