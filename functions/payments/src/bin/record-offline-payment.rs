//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("record-offline-payment", payments_functions::record_offline_payment::consumer())
}
