//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-tours", tours_functions::list_tours::endpoint())
}
