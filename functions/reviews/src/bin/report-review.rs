//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("report-review", reviews_functions::report_review::endpoint())
}
