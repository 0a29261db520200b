//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-reviews", reviews_functions::list_reviews::endpoint())
}
