//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reviews-health", reviews_functions::reviews_health::endpoint())
}
