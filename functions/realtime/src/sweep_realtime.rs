//! Every minute: publishes what realtime's relay left behind.

use web::Function;

pub fn schedule() -> impl Function {
    messaging::sweep(&[])
}
