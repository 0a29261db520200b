//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("poll-payments", payments_functions::poll_payments::schedule())
}
