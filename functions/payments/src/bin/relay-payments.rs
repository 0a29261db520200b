//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-payments", payments_functions::relay_payments::relay())
}
