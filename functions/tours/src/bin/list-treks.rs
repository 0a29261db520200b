//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-treks", tours_functions::list_treks::endpoint())
}
