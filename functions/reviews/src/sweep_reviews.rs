//! Every minute: publishes what reviews' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&["collect-parts"])
}
