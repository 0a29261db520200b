//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-tour", tours_functions::delete_tour::endpoint())
}
