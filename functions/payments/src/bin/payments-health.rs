//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("payments-health", payments_functions::payments_health::endpoint())
}
