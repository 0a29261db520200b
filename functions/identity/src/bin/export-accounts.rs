//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-accounts", identity_functions::export_accounts::consumer())
}
