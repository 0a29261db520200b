//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("deactivate-user", users_functions::deactivate_user::endpoint())
}
