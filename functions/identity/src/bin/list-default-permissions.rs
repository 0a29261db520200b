//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-default-permissions", identity_functions::list_default_permissions::endpoint())
}
