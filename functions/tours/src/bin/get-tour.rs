//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-tour", tours_functions::get_tour::endpoint())
}
