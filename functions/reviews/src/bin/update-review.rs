//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-review", reviews_functions::update_review::endpoint())
}
