//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-trek-statistics", tours_functions::get_trek_statistics::endpoint())
}
