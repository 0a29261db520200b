//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-mfa", identity_functions::verify_mfa::endpoint())
}
