//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-payments", payments_functions::export_payments::consumer())
}
