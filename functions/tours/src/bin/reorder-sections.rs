//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reorder-sections", tours_functions::reorder_sections::endpoint())
}
