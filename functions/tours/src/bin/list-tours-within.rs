//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-tours-within", tours_functions::list_tours_within::endpoint())
}
