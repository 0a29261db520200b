//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reset-password", identity_functions::reset_password::endpoint())
}
