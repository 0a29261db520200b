//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-transaction", payments_functions::get_transaction::endpoint())
}
