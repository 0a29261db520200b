//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-reviews", reviews_functions::sweep_reviews::schedule())
}
