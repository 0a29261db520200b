//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-group-permission", identity_functions::add_group_permission::endpoint())
}
