//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reconcile-payments", payments_functions::reconcile_payments::endpoint())
}
