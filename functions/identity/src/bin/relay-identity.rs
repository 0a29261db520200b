//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-identity", identity_functions::relay_identity::relay())
}
