//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-trek", tours_functions::get_trek::endpoint())
}
