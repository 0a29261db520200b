//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-section-statistics", tours_functions::get_section_statistics::endpoint())
}
