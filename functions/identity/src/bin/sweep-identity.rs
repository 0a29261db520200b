//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-identity", identity_functions::sweep_identity::schedule())
}
