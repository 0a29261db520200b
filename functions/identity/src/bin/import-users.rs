//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("import-users", identity_functions::import_users::endpoint())
}
