//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-transactions", payments_functions::list_transactions::endpoint())
}
