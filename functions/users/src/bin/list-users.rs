//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-users", users_functions::list_users::endpoint())
}
