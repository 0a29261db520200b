//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("toggle-trek", tours_functions::toggle_trek::endpoint())
}
