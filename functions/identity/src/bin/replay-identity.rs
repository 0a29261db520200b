//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-identity", identity_functions::replay_identity::replay())
}
