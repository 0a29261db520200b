//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("check-ledger", payments_functions::check_ledger::schedule())
}
