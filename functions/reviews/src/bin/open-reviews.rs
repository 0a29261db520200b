//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("open-reviews", reviews_functions::open_reviews::consumer())
}
