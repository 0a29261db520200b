//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-payment-config", payments_functions::get_payment_config::endpoint())
}
