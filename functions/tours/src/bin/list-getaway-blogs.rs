//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-getaway-blogs", tours_functions::list_getaway_blogs::endpoint())
}
