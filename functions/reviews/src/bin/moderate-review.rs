//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("moderate-review", reviews_functions::moderate_review::endpoint())
}
