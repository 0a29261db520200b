//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("open-refund", payments_functions::open_refund::consumer())
}
