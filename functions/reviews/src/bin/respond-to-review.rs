//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("respond-to-review", reviews_functions::respond_to_review::endpoint())
}
