//! Every minute: publishes what tours' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&["collect-parts", "send-requested"])
}
