//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("feature-region", tours_functions::feature_region::endpoint())
}
