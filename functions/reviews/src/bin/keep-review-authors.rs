//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-review-authors", reviews_functions::keep_review_authors::consumer())
}
