//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("rotate-keys-now", identity_functions::rotate_keys_now::task())
}
