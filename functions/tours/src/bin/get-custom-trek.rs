//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-custom-trek", tours_functions::get_custom_trek::endpoint())
}
