//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-trek-images", tours_functions::list_trek_images::endpoint())
}
