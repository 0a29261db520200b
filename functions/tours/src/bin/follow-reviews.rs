//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-reviews", tours_functions::follow_reviews::consumer())
}
