//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("tours-not-found", tours_functions::tours_not_found::endpoint())
}
