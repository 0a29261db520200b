//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("erase-users", users_functions::erase_users::schedule())
}
