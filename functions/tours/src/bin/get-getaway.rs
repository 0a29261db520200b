//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-getaway", tours_functions::get_getaway::endpoint())
}
