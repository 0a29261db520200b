//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-up-mfa", identity_functions::set_up_mfa::endpoint())
}
