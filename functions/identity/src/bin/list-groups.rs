//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-groups", identity_functions::list_groups::endpoint())
}
