//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-payments", payments_functions::list_payments::endpoint())
}
