//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-tour-statistics", tours_functions::get_tour_statistics::endpoint())
}
