//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-email", identity_functions::verify_email::endpoint())
}
