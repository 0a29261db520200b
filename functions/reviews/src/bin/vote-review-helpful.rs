//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("vote-review-helpful", reviews_functions::vote_review_helpful::endpoint())
}
