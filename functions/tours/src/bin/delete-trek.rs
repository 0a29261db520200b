//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-trek", tours_functions::delete_trek::endpoint())
}
