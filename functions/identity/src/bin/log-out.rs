//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("log-out", identity_functions::log_out::endpoint())
}
