//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-tour-images", tours_functions::list_tour_images::endpoint())
}
