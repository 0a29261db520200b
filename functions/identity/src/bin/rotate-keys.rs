//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("rotate-keys", identity_functions::rotate_keys::schedule())
}
