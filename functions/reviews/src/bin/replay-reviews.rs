//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-reviews", reviews_functions::replay_reviews::replay())
}
