//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-subject-reviews", reviews_functions::list_subject_reviews::endpoint())
}
