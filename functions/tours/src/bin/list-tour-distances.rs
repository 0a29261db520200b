//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-tour-distances", tours_functions::list_tour_distances::endpoint())
}
