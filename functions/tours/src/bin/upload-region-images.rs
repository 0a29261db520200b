//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("upload-region-images", tours_functions::upload_region_images::endpoint())
}
