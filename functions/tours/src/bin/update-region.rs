//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-region", tours_functions::update_region::endpoint())
}
