//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-review-analytics", reviews_functions::get_review_analytics::endpoint())
}
