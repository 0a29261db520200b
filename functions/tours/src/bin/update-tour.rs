//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-tour", tours_functions::update_tour::endpoint())
}
