//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("resend-verification", identity_functions::resend_verification::endpoint())
}
