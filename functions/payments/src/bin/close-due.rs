//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("close-due", payments_functions::close_due::consumer())
}
