//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-sections", tours_functions::list_sections::endpoint())
}
