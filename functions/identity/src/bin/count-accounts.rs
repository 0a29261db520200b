//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("count-accounts", identity_functions::count_accounts::consumer())
}
