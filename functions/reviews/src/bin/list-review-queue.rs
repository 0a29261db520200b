//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-review-queue", reviews_functions::list_review_queue::endpoint())
}
