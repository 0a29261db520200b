//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("activate-region", tours_functions::activate_region::endpoint())
}
