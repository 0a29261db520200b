//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("moderate-reviews", reviews_functions::moderate_reviews::endpoint())
}
