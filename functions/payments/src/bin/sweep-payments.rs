//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-payments", payments_functions::sweep_payments::schedule())
}
