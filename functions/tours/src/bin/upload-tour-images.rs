//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("upload-tour-images", tours_functions::upload_tour_images::endpoint())
}
