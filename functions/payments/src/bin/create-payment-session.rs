//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-payment-session", payments_functions::create_payment_session::endpoint())
}
