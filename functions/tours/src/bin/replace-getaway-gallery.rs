//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replace-getaway-gallery", tours_functions::replace_getaway_gallery::endpoint())
}
