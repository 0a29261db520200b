//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reactivate-account", identity_functions::reactivate_account::endpoint())
}
