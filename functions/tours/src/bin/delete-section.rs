//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-section", tours_functions::delete_section::endpoint())
}
