//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("confirm-identity", identity_functions::confirm_identity::endpoint())
}
