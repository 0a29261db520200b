//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("block-user", users_functions::block_user::endpoint())
}
