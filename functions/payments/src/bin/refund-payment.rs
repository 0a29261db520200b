//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("refund-payment", payments_functions::refund_payment::endpoint())
}
