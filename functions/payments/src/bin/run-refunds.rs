//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("run-refunds", payments_functions::run_refunds::consumer())
}
