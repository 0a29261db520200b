//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-getaways", tours_functions::list_getaways::endpoint())
}
