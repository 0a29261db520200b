//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("cancel-transaction", payments_functions::cancel_transaction::endpoint())
}
