//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("receive-stripe-webhook", payments_functions::receive_stripe_webhook::endpoint())
}
