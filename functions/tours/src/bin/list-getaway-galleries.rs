//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-getaway-galleries", tours_functions::list_getaway_galleries::endpoint())
}
