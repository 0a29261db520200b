//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("activate-user", users_functions::activate_user::endpoint())
}
