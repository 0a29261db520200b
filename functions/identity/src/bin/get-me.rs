//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-me", identity_functions::get_me::endpoint())
}
