//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-trek", tours_functions::update_trek::endpoint())
}
