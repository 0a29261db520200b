//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-keys", identity_functions::get_keys::endpoint())
}
