//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-own-tours", tours_functions::list_own_tours::endpoint())
}
