//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-group", identity_functions::delete_group::endpoint())
}
