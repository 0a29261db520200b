//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("guard-accounts", identity_functions::guard_accounts::consumer())
}
