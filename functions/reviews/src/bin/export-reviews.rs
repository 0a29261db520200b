//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-reviews", reviews_functions::export_reviews::consumer())
}
