//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("forgot-password", identity_functions::forgot_password::endpoint())
}
