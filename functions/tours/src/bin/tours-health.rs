//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("tours-health", tours_functions::tours_health::endpoint())
}
