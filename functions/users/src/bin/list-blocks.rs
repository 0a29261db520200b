//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-blocks", users_functions::list_blocks::endpoint())
}
