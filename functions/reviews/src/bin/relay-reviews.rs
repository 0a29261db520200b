//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-reviews", reviews_functions::relay_reviews::relay())
}
