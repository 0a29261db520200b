//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-user", users_functions::get_user::endpoint())
}
