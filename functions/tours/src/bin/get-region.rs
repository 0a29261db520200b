//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-region", tours_functions::get_region::endpoint())
}
