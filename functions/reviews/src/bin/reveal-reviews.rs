//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reveal-reviews", reviews_functions::reveal_reviews::schedule())
}
