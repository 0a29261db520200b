//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-review-subjects", reviews_functions::keep_review_subjects::consumer())
}
