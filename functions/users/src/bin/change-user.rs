//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-user", users_functions::change_user::endpoint())
}
