//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("review-subject", reviews_functions::review_subject::endpoint())
}
