//! Every minute: publishes what identity's relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&["identity-mail", "identity-text", "collect-parts"])
}
