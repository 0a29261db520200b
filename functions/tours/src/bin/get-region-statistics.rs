//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-region-statistics", tours_functions::get_region_statistics::endpoint())
}
