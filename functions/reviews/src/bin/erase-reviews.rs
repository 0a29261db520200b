//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("erase-reviews", reviews_functions::erase_reviews::consumer())
}
