//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-group-members", identity_functions::list_group_members::endpoint())
}
