//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-users", users_functions::export_users::consumer())
}
