//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-regions", tours_functions::list_regions::endpoint())
}
