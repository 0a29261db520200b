//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-refund", payments_functions::get_refund::endpoint())
}
