//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-section", tours_functions::create_section::endpoint())
}
