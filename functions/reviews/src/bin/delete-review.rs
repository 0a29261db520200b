//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-review", reviews_functions::delete_review::endpoint())
}
