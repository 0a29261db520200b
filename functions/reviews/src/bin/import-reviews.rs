//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("import-reviews", reviews_functions::import_reviews::endpoint())
}
