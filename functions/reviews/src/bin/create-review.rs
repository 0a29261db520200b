//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-review", reviews_functions::create_review::endpoint())
}
