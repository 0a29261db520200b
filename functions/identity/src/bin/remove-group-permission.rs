//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-group-permission", identity_functions::remove_group_permission::endpoint())
}
