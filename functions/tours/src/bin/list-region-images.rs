//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-region-images", tours_functions::list_region_images::endpoint())
}
