//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-image", tours_functions::get_image::endpoint())
}
