//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-tour", tours_functions::create_tour::endpoint())
}
