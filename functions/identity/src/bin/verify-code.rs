//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-code", identity_functions::verify_code::endpoint())
}
