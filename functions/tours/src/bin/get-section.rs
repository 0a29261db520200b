//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-section", tours_functions::get_section::endpoint())
}
