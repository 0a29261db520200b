//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-user", users_functions::delete_user::endpoint())
}
