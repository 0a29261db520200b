//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("unblock-user", users_functions::unblock_user::endpoint())
}
