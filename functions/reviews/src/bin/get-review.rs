//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-review", reviews_functions::get_review::endpoint())
}
