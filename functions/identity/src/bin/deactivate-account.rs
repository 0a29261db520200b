//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("deactivate-account", identity_functions::deactivate_account::endpoint())
}
