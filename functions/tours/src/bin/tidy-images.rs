//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("tidy-images", tours_functions::tidy_images::consumer())
}
