//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-payments", payments_functions::replay_payments::replay())
}
