//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("identity-not-found", identity_functions::identity_not_found::endpoint())
}
