//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("erase-payments", payments_functions::erase_payments::consumer())
}
