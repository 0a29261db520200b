//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("open-due", payments_functions::open_due::consumer())
}
