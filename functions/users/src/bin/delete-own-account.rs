//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-own-account", users_functions::delete_own_account::endpoint())
}
