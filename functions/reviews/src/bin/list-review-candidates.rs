//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-review-candidates", reviews_functions::list_review_candidates::endpoint())
}
