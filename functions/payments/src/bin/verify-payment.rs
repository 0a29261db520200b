//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-payment", payments_functions::verify_payment::endpoint())
}
