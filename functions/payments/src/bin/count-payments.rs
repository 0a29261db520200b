//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("count-payments", payments_functions::count_payments::consumer())
}
