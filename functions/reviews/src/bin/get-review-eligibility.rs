//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-review-eligibility", reviews_functions::get_review_eligibility::endpoint())
}
