//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-section", tours_functions::update_section::endpoint())
}
