//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("upload-trek-images", tours_functions::upload_trek_images::endpoint())
}
