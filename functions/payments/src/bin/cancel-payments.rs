//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("cancel-payments", payments_functions::cancel_payments::consumer())
}
