//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-transaction-stats", payments_functions::get_transaction_stats::endpoint())
}
