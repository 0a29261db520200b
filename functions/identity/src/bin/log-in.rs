//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("log-in", identity_functions::log_in::endpoint())
}
