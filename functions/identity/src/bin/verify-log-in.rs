//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-log-in", identity_functions::verify_log_in::endpoint())
}
