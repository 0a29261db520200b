//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-revenue", payments_functions::get_revenue::endpoint())
}
