//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reviews-not-found", reviews_functions::reviews_not_found::endpoint())
}
