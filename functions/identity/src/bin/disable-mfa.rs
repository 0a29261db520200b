//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("disable-mfa", identity_functions::disable_mfa::endpoint())
}
