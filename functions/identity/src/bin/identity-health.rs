//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("identity-health", identity_functions::identity_health::endpoint())
}
