//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-trek", tours_functions::create_trek::endpoint())
}
