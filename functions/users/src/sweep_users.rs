//! Every minute: publishes what users' relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&["collect-parts"])
}
