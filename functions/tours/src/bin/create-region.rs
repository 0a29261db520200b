//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-region", tours_functions::create_region::endpoint())
}
